//! How wide a text will be, without a font.

/// Widths of the characters from space to `~` in Helvetica, in thousandths of the size (Adobe's font metrics, AFM 4.1).
const WIDTHS: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
];

/// Fonts that take the place of Helvetica are up to so much wider (DejaVu Sans is), in hundredths.
const SPARE: i32 = 116;

/// The width in pixels at a size in pixels, rather too much than too little.
pub(super) fn width(text: &str, size: i32) -> i32 {
    let thousandths: i32 = text.chars().map(of).sum();
    (thousandths * size * SPARE).div_euclid(100_000) + 1
}

fn of(c: char) -> i32 {
    let place = (c as usize).checked_sub(0x20);
    let known = place.and_then(|place| WIDTHS.get(place)).copied();
    let wide = !matches!(c, '\u{80}'..='\u{2fff}');
    i32::from(known.unwrap_or(if wide { 1_000 } else { 640 }))
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn wider_text_is_wider_and_grows_with_its_size() {
        assert!(width("mmmm", 12) > width("iiii", 12));
        assert!(width("order", 24) > width("order", 12));
        assert!(width("漢字", 10) >= 20);
        assert_eq!(width("", 10), 1);
    }
}
