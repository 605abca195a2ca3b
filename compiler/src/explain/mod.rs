//! A page for each code: what it means, why, an example that has the fault, and the same without it.

mod changes;

/// The code and its page, by code; those of the syntax are the parser's.
const PAGES: [(&str, &str); 87] = [
    ("E0201", include_str!("E0201.md")),
    ("E0202", include_str!("E0202.md")),
    ("E0203", include_str!("E0203.md")),
    ("E0204", include_str!("E0204.md")),
    ("E0205", include_str!("E0205.md")),
    ("E0206", include_str!("E0206.md")),
    ("E0207", include_str!("E0207.md")),
    ("E0208", include_str!("E0208.md")),
    ("E0209", include_str!("E0209.md")),
    ("E0301", include_str!("E0301.md")),
    ("E0302", include_str!("E0302.md")),
    ("E0303", include_str!("E0303.md")),
    ("E0304", include_str!("E0304.md")),
    ("E0306", include_str!("E0306.md")),
    ("E0307", include_str!("E0307.md")),
    ("E0308", include_str!("E0308.md")),
    ("E0309", include_str!("E0309.md")),
    ("E0310", include_str!("E0310.md")),
    ("E0311", include_str!("E0311.md")),
    ("E0312", include_str!("E0312.md")),
    ("E0313", include_str!("E0313.md")),
    ("E0314", include_str!("E0314.md")),
    ("E0315", include_str!("E0315.md")),
    ("E0316", include_str!("E0316.md")),
    ("E0317", include_str!("E0317.md")),
    ("E0318", include_str!("E0318.md")),
    ("E0319", include_str!("E0319.md")),
    ("E0320", include_str!("E0320.md")),
    ("E0401", include_str!("E0401.md")),
    ("E0501", include_str!("E0501.md")),
    ("E0502", include_str!("E0502.md")),
    ("E0503", include_str!("E0503.md")),
    ("E0504", include_str!("E0504.md")),
    ("E0601", include_str!("E0601.md")),
    ("E0602", include_str!("E0602.md")),
    ("E0701", include_str!("E0701.md")),
    ("E0703", include_str!("E0703.md")),
    ("E0704", include_str!("E0704.md")),
    ("E0705", include_str!("E0705.md")),
    ("E0706", include_str!("E0706.md")),
    ("E0801", include_str!("E0801.md")),
    ("E0802", include_str!("E0802.md")),
    ("E0803", include_str!("E0803.md")),
    ("E0804", include_str!("E0804.md")),
    ("E0805", include_str!("E0805.md")),
    ("E0806", include_str!("E0806.md")),
    ("E0807", include_str!("E0807.md")),
    ("E0808", include_str!("E0808.md")),
    ("E0809", include_str!("E0809.md")),
    ("E0810", include_str!("E0810.md")),
    ("E0811", include_str!("E0811.md")),
    ("E0812", include_str!("E0812.md")),
    ("E0813", include_str!("E0813.md")),
    ("E0820", include_str!("E0820.md")),
    ("E0901", include_str!("E0901.md")),
    ("E0902", include_str!("E0902.md")),
    ("E0903", include_str!("E0903.md")),
    ("E0904", include_str!("E0904.md")),
    ("E0905", include_str!("E0905.md")),
    ("E0906", include_str!("E0906.md")),
    ("E0907", include_str!("E0907.md")),
    ("E0908", include_str!("E0908.md")),
    ("E0909", include_str!("E0909.md")),
    ("E0910", include_str!("E0910.md")),
    ("E0911", include_str!("E0911.md")),
    ("E1001", include_str!("E1001.md")),
    ("E1002", include_str!("E1002.md")),
    ("E1004", include_str!("E1004.md")),
    ("E1005", include_str!("E1005.md")),
    ("E1006", include_str!("E1006.md")),
    ("E1007", include_str!("E1007.md")),
    ("E1008", include_str!("E1008.md")),
    ("E1009", include_str!("E1009.md")),
    ("E1010", include_str!("E1010.md")),
    ("E1011", include_str!("E1011.md")),
    ("E1201", include_str!("E1201.md")),
    ("E1202", include_str!("E1202.md")),
    ("E1203", include_str!("E1203.md")),
    ("E1204", include_str!("E1204.md")),
    ("W0201", include_str!("W0201.md")),
    ("W0202", include_str!("W0202.md")),
    ("W0402", include_str!("W0402.md")),
    ("W0702", include_str!("W0702.md")),
    ("W0803", include_str!("W0803.md")),
    ("W0804", include_str!("W0804.md")),
    ("W0805", include_str!("W0805.md")),
    ("W1012", include_str!("W1012.md")),
];

/// The page of a code such as `E0304`, in Markdown; `None` for a code that nothing gives.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    let ours = PAGES.iter().chain(&changes::CHANGES).find(|(known, _)| *known == code).map(|(_, page)| *page);
    ours.or_else(|| cairn_dsl::explain::page(code))
}

/// All codes, those of the syntax first and those of `cairn compat` last.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let ours = PAGES.iter().chain(&changes::CHANGES);
    cairn_dsl::explain::codes().chain(ours.map(|(code, _)| *code))
}

#[cfg(test)]
mod tests;
