//! What the command line says.

use std::time::Duration;

/// Where to listen and how slow to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// The first port; 0 lets the system choose all three.
    port_base: u16,
    /// How long an answer takes after the work is done.
    pub(crate) slow: Duration,
}

impl Options {
    /// Reads them.
    ///
    /// # Errors
    /// What cannot be used, and what can.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { port_base: 7401, slow: Duration::ZERO };
        let mut arguments = arguments;
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("`{name}` wants a number after it"));
            match name.as_str() {
                "--port-base" => options.port_base = number(&name, &value?)?,
                "--slow" => options.slow = Duration::from_millis(number(&name, &value?)?),
                _ => {
                    return Err(format!(
                        "`{name}` is unknown: there are `--port-base PORT` and `--slow MILLISECONDS`"
                    ));
                }
            }
        }
        match options.port_base.checked_add(2) {
            Some(_) => Ok(options),
            None => Err(format!("after port {} there are no two more", options.port_base)),
        }
    }

    /// The three ports.
    pub(crate) fn ports(&self) -> [u16; 3] {
        match self.port_base {
            0 => [0; 3],
            base => [base, base.saturating_add(1), base.saturating_add(2)],
        }
    }
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("`{name}` wants a number, and `{value}` is none that fits"))
}
