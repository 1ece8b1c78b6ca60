//! Amazon's services behind our own ports. The only package that names an AWS SDK.

pub mod bedrock;
