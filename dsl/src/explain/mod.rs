//! A page for each code of this crate: what it means, why, an example that has the fault, and the same without it.

/// The code and its page, by code.
const PAGES: [(&str, &str); 60] = [
    ("E0101", include_str!("E0101.md")),
    ("E0102", include_str!("E0102.md")),
    ("E0103", include_str!("E0103.md")),
    ("E0104", include_str!("E0104.md")),
    ("E0105", include_str!("E0105.md")),
    ("E0106", include_str!("E0106.md")),
    ("E0107", include_str!("E0107.md")),
    ("E0108", include_str!("E0108.md")),
    ("E0109", include_str!("E0109.md")),
    ("E0110", include_str!("E0110.md")),
    ("E0111", include_str!("E0111.md")),
    ("E0112", include_str!("E0112.md")),
    ("E0113", include_str!("E0113.md")),
    ("E0114", include_str!("E0114.md")),
    ("E0115", include_str!("E0115.md")),
    ("E0116", include_str!("E0116.md")),
    ("E0117", include_str!("E0117.md")),
    ("E0118", include_str!("E0118.md")),
    ("E0119", include_str!("E0119.md")),
    ("E0120", include_str!("E0120.md")),
    ("E0121", include_str!("E0121.md")),
    ("E0122", include_str!("E0122.md")),
    ("E0123", include_str!("E0123.md")),
    ("E0124", include_str!("E0124.md")),
    ("E0125", include_str!("E0125.md")),
    ("E0126", include_str!("E0126.md")),
    ("E0127", include_str!("E0127.md")),
    ("E0128", include_str!("E0128.md")),
    ("E0129", include_str!("E0129.md")),
    ("E0130", include_str!("E0130.md")),
    ("E0131", include_str!("E0131.md")),
    ("E0132", include_str!("E0132.md")),
    ("E0133", include_str!("E0133.md")),
    ("E0134", include_str!("E0134.md")),
    ("E0135", include_str!("E0135.md")),
    ("E0136", include_str!("E0136.md")),
    ("E0137", include_str!("E0137.md")),
    ("E0138", include_str!("E0138.md")),
    ("E0139", include_str!("E0139.md")),
    ("E0140", include_str!("E0140.md")),
    ("E0141", include_str!("E0141.md")),
    ("E0142", include_str!("E0142.md")),
    ("E0143", include_str!("E0143.md")),
    ("E0144", include_str!("E0144.md")),
    ("E0145", include_str!("E0145.md")),
    ("E0146", include_str!("E0146.md")),
    ("E0147", include_str!("E0147.md")),
    ("E0148", include_str!("E0148.md")),
    ("E0149", include_str!("E0149.md")),
    ("E0150", include_str!("E0150.md")),
    ("E0151", include_str!("E0151.md")),
    ("E0152", include_str!("E0152.md")),
    ("E0153", include_str!("E0153.md")),
    ("E0154", include_str!("E0154.md")),
    ("E0155", include_str!("E0155.md")),
    ("E0156", include_str!("E0156.md")),
    ("E0157", include_str!("E0157.md")),
    ("E0158", include_str!("E0158.md")),
    ("E0159", include_str!("E0159.md")),
    ("E0199", include_str!("E0199.md")),
];

/// The page of a code such as `E0102`, in Markdown; `None` for a code that this crate does not give.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| *known == code).map(|(_, page)| *page)
}

/// All codes that this crate gives, in order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

#[cfg(test)]
mod tests;
