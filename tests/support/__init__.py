"""What tests stand on: throwaway databases and a browser."""
