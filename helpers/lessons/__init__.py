"""One module a notebook: its checkers, its figures and its fixtures. Nobody else imports them."""
