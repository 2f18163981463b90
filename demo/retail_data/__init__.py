"""UCI's Online Retail file becomes the demo store's catalogue and past orders."""
