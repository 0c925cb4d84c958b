"""`make contracts`: the catalogue of what every task takes and gives, and the clients made from it."""
