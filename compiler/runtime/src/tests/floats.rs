use proptest::prelude::*;

use crate::float::{push, read};
use crate::number::{ceil, floor, round};

fn printed(x: f64) -> String {
    let mut out = String::new();
    push(&mut out, x);
    out
}

fn halves() -> impl Strategy<Value = f64> {
    (-1000..1000_i64).prop_map(|n| n as f64 / 2.0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    /// The standard library's text is the oracle: shortest, and nearest among the shortest.
    #[test]
    fn printed_as_the_standard_library_does(bits in any::<u64>()) {
        let x = f64::from_bits(bits);
        prop_assume!(x.is_finite());
        prop_assert_eq!(printed(x), format!("{x:?}"));
    }

    #[test]
    fn amounts_are_printed_as_they_are_written(cents in -10_000_000_i64..10_000_000, places in 0..6_i32) {
        let x = cents as f64 / 10_f64.powi(places);
        prop_assert_eq!(printed(x), format!("{x:?}"));
    }

    #[test]
    fn read_as_the_standard_library_does(digits in "[0-9]{1,40}", fraction in "[0-9]{1,40}", e in -400..400_i32) {
        let text = format!("{digits}.{fraction}e{e}");
        let expected = text.parse::<f64>().ok().filter(|x| x.is_finite());
        prop_assert_eq!(read(&text), expected, "{}", text);
    }

    /// Texts of half-way points are the hardest: 53 bits and one more, written out in full.
    #[test]
    fn half_ways_are_read_as_the_standard_library_does(mantissa in 0..1_u64 << 52, exponent in 990..1100_u64, more in 0..3_u32) {
        let x = f64::from_bits(exponent << 52 | mantissa);
        let next = f64::from_bits(x.to_bits() + 1);
        let text = format!("{:.200}{}", x / 2.0 + next / 2.0, ["", "0", "1"][more as usize]);
        prop_assert_eq!(read(&text), text.parse().ok(), "{}", text);
    }

    #[test]
    fn rounded_as_the_standard_library_does(x in prop_oneof![-1e19..1e19_f64, -100.0..100.0_f64, halves()]) {
        let fits = |y: f64| (-9.223_372_036_854_775e18..9.223_372_036_854_775e18).contains(&y).then_some(y as i64);
        prop_assume!(x.abs() < 9.2e18 || x.abs() > 9.3e18);
        prop_assert_eq!(round(x), fits(x.round()));
        prop_assert_eq!(floor(x), fits(x.floor()));
        prop_assert_eq!(ceil(x), fits(x.ceil()));
    }
}

#[test]
fn the_ends_of_the_range() {
    for x in [
        0.0,
        -0.0,
        5e-324,
        2.2250738585072014e-308,
        f64::MAX,
        f64::MIN_POSITIVE,
        1e16,
        1e15,
        1e-5,
        1e-4,
        0.1,
        1e22,
        1e23,
    ] {
        assert_eq!(printed(x), format!("{x:?}"));
        assert_eq!(read(&printed(x)), Some(x));
    }
    assert_eq!(read("1e400"), None);
    assert_eq!(read("1e-400"), Some(0.0));
    assert_eq!(read("1e99999999999999999999"), None);
    assert_eq!(read("0e99999999999999999999"), Some(0.0));
    // Rounds to even, to nothing and to the least.
    assert_eq!(read("2.4703282292062327208299439634110764e-324"), Some(0.0));
    assert_eq!(read("2.4703282292062328e-324"), Some(5e-324));
    assert_eq!(read("1.7976931348623158e308"), "1.7976931348623158e308".parse().ok());
    let long = format!("0.{}1", "0".repeat(2000));
    assert_eq!(read(&long), Some(0.0));
    let half = format!("9007199254740993.{}1", "0".repeat(900));
    assert_eq!(read(&half), Some(9_007_199_254_740_994.0));
}
