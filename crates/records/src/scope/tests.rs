mod permissions;
mod reads;
