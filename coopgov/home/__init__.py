"""What is waiting for me: member, board, treasurer."""
