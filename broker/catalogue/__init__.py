"""What is traded and how it is named, measured, packed, certified and placed: data files, read once.

`from broker.catalogue import products, attributes, units, ...` and ask the module: `products.get(code)`.
"""
