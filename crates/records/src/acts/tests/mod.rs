mod claims;
mod contract;
mod decisions;
mod estimates;
mod fixture;
