"""The two stores: `index` is a projection of the chain and disposable, `office` is this operator's durable record."""
