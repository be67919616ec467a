"""Answers that learners may give, a module a notebook: RIGHT by exercise, WRONG by exercise with a word of its hint."""
