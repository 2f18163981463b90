"""UCI's Online Retail file becomes the demo store's catalog and past orders."""
