//! What matching keeps of a record: small numbers that can be compared quickly.

/// A day that is not known.
pub const NO_DAY: i32 = i32::MIN;

/// A record's identity facts. Numbers name values of the vocabularies in [`super::world::World`]; 0: not known.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The record.
    pub owner: u32,
    /// The part of the record's past that describes one unit.
    pub segment: u32,
    /// Source system.
    pub source: u16,
    /// Class of thing.
    pub kind: u16,
    /// Canonical serial.
    pub serial: u32,
    /// Serial with look-alike characters and leading zeros folded.
    pub folded: u32,
    /// Hardware address.
    pub mac: u64,
    /// Last 24 bits of the hardware address, also from default names.
    pub mac_tail: u32,
    /// UUID.
    pub uuid: u32,
    /// Manufacturer.
    pub maker: u32,
    /// Model.
    pub model: u32,
    /// Tag of the position.
    pub tag: u32,
    /// Letter of the parallel unit; 0: none said.
    pub suffix: u8,
    /// Whether the source says that the thing is out of use.
    pub inactive: bool,
    /// Host name or client id.
    pub host: u32,
    /// Address in the network.
    pub ip: u32,
    /// Site.
    pub site: u32,
    /// Area of the site.
    pub area: u32,
    /// Line.
    pub line: u32,
    /// Station.
    pub station: u32,
    /// Description (its number in the column).
    pub text: u32,
    /// Segment that the cross-reference points to, plus 1.
    pub xref: u32,
    /// Installed on.
    pub installed: i32,
    /// First heard of on.
    pub first_seen: i32,
    /// Last touched in the source on.
    pub updated: i32,
    /// Appeared in its source on.
    pub appeared: i32,
    /// Not heard of since; [`NO_DAY`] while it is heard of.
    pub ended: i32,
}

impl Facts {
    /// Whether it names a thing and says nothing of where it stands, since when, and what it does: as a device does that
    /// reports its own nameplate.
    pub fn is_bare(&self) -> bool {
        let says = [self.tag, self.site, self.area, self.line, self.station, self.text];
        let days = [self.installed, self.first_seen, self.updated];
        says.iter().all(|&value| value == 0) && days.iter().all(|&day| day == NO_DAY)
    }

    /// Brings the facts into the caches; what comes back means nothing. Facts that are touched one right after the
    /// other come from memory side by side, while each comparison would wait for its own.
    #[inline]
    pub fn touch(&self) -> u32 {
        self.mac as u32 ^ self.tag ^ self.ended.cast_unsigned() ^ u32::from(self.suffix)
    }

    /// The day on which this record begins to describe its unit, as well as it is known.
    pub fn start(&self) -> i32 {
        [self.installed, self.first_seen, self.updated, self.appeared]
            .into_iter()
            .find(|&day| day != NO_DAY)
            .unwrap_or(NO_DAY)
    }
}
