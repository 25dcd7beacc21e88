"""Who plays what: for each function of the contracts a way to draw a call of it, right or wrong on purpose."""
