"""What notebook 04 hands over to 05: a model as a file, and the service that answers with it."""
