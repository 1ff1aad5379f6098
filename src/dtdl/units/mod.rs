//! Units: conversion between all units of a semantic type, and their UCUM codes.

mod convert;
mod table;

pub use convert::{UnitError, UnitInfo, find, unit, unit_of_ucum, units_of};
