"""What a draft's treatment shows: its offer, layout and words, beside what shoppers would see."""
