"""What members write to each other about a test: comments, and whom they mention."""
