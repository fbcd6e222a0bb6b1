"""The tests are a package so that a package of the same name in an installed library cannot shadow them."""
