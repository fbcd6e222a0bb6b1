"""What an agreement becomes: deliveries with their slips, statements and payments. Alianza moves no money."""
