//! The strings of the bill: usage types, principals, model names, regions, units, prices.
