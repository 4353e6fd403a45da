"""The marketplace's terms: the fee schedule, its versions, and how a voted change takes effect by itself."""
