//! The remote shim.
