//! Which limits hold: each DTDL version has its own, and v4 lets a partner set others.

/// The set of limits that an element is read under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Limits {
    /// DTDL v2.
    V2,
    /// DTDL v3.
    V3,
    /// DTDL v4 with its own limits.
    V4,
    /// DTDL v4 with `dtmi:dtdl:limits:aio;1`.
    Aio,
    /// DTDL v4 with `dtmi:dtdl:limits:onvif;1`.
    Onvif,
}

/// A number per set of limits; 0 stands for "no limit".
#[derive(Clone, Copy)]
pub(crate) struct Limit(pub(crate) [u32; 5]);

impl Limit {
    /// No limit in any version.
    pub(crate) const NONE: Limit = Limit([0; 5]);

    /// A limit that differs by version only.
    pub(crate) const fn versions(v2: u32, v3: u32, v4: u32) -> Limit {
        Limit([v2, v3, v4, v4, v4])
    }

    /// The limit that holds, if there is one.
    pub(crate) fn under(self, limits: Limits) -> Option<u32> {
        let found = self.0[limits as usize];
        (found != 0).then_some(found)
    }
}

impl Limits {
    /// The limits that a version has when no partner sets others.
    pub(crate) fn of_version(dtdl_version: u8) -> Limits {
        match dtdl_version {
            2 => Limits::V2,
            3 => Limits::V3,
            _ => Limits::V4,
        }
    }

    /// The context that names these limits, for messages.
    pub(crate) fn context(self) -> &'static str {
        match self {
            Limits::V2 => "dtmi:dtdl:context;2",
            Limits::V3 => "dtmi:dtdl:context;3",
            Limits::V4 => "dtmi:dtdl:context;4",
            Limits::Aio => "dtmi:dtdl:limits:aio;1",
            Limits::Onvif => "dtmi:dtdl:limits:onvif;1",
        }
    }
}

/// The longest `@id`, in characters.
pub(crate) const ID_LENGTH_MAX: Limit = Limit([2048, 2048, 2048, 512, 512]);
/// The longest `@id` of an Interface, in characters.
pub(crate) const INTERFACE_ID_LENGTH_MAX: Limit = Limit([128, 128, 128, 256, 256]);
/// The longest JSON text of one Interface, in bytes.
pub(crate) const INTERFACE_BYTES_MAX: Limit = Limit::versions(0, 1 << 20, 1 << 20);
/// The deepest nesting of complex schemas.
pub(crate) const SCHEMA_DEPTH_MAX: Limit = Limit([5, 5, 8, 12, 24]);
/// The longest chain of `extends`.
pub(crate) const EXTENDS_DEPTH_MAX: Limit = Limit::versions(10, 10, 12);
/// The most interfaces that one may extend, directly or not.
pub(crate) const EXTENDS_COUNT_MAX: Limit = Limit::versions(0, 1024, 1024);
/// The most elements that stand in one Interface, at any depth.
pub(crate) const ELEMENTS_MAX: Limit = Limit::versions(0, 100_000, 100_000);
