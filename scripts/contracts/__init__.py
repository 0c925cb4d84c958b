"""`make contracts`: the catalogue of all tasks' parameters and results, and the clients made from it."""
