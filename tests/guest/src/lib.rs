//! Pages of a document, and whatever else the tests of tools want to see: what the world below says.

use std::{
    cell::Cell,
    hash::{BuildHasher, RandomState},
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use exports::acme::press::pages::{Fault, Guest, GuestSheet, Order, Refusal, Sheet, TooLong};
use wstd::http::{Body, Client, Request};

wit_bindgen::generate!({
    world: "press",
    inline: r#"
        package acme:press@1.0.0;

        /// Pages of a document, and whatever else the tests of tools want to see.
        interface pages {
            record item { text: string, count: option<u32> }
            enum style { plain, large-print }
            flags wishes { colour, on-both-sides }
            variant shape { point, circle(f64), path(list<tuple<s32, s32>>) }

            record order {
                title: string,
                items: list<item>,
                style: style,
                wishes: wishes,
                shape: shape,
                image: list<u8>,
                mark: char,
                checked: option<result<u64, string>>,
            }

            record too-long { message: string, most: u32 }
            variant refusal { too-long(too-long), out-of-paper, torn(string) }
            record fault { kind: string, message: string, sheet: u32 }
            resource sheet { constructor(); }

            /// Gives back what it was given.
            echo-order: func(order: order) -> order;
            /// A page; more items than `most` are too long.
            render-page: func(title: string, items: list<string>, most: option<u32>) -> result<string, refusal>;
            /// Fails with a record that names its kind.
            jam: func(kind: string) -> result<_, fault>;
            /// Fails with a text.
            grumble: func() -> result<_, string>;
            /// What the server at this address says.
            fetch: func(url: string, post: option<string>) -> result<string, string>;
            /// Draws by chance, and reads the clocks.
            draw: func() -> tuple<u64, u64>;
            /// Counts its calls, in an instance.
            count: func() -> u32;
            break-down: func(why: string);
            wait-for: func(milliseconds: u32) -> bool;
            cut: func(sheet: sheet) -> u32;
        }

        world press {
            export pages;
        }
    "#,
});

struct Press;

thread_local!(static CALLS: Cell<u32> = const { Cell::new(0) });

impl GuestSheet for Press {
    fn new() -> Self {
        Self
    }
}

impl Guest for Press {
    type Sheet = Self;

    fn echo_order(order: Order) -> Order {
        order
    }

    fn render_page(title: String, items: Vec<String>, most: Option<u32>) -> Result<String, Refusal> {
        let most = most.unwrap_or(10);
        match items.len() {
            0 => Err(Refusal::OutOfPaper),
            1 if items[0].is_empty() => Err(Refusal::Torn("the only item is empty".to_owned())),
            n if n > most as usize => {
                Err(Refusal::TooLong(TooLong { message: format!("{n} items are too many"), most }))
            }
            _ => Ok(format!("# {title}\n{}", items.join("\n"))),
        }
    }

    fn jam(kind: String) -> Result<(), Fault> {
        Err(Fault { kind, message: "a sheet is stuck".to_owned(), sheet: 3 })
    }

    fn grumble() -> Result<(), String> {
        Err("it will not".to_owned())
    }

    fn fetch(url: String, post: Option<String>) -> Result<String, String> {
        wstd::runtime::block_on(async {
            let request = match post {
                Some(text) => Request::post(url).body(Body::from(text)),
                None => Request::get(url).body(Body::empty()),
            };
            let answer = Client::new().send(request.map_err(|e| e.to_string())?).await;
            let mut answer = answer.map_err(|e| format!("{e:?}"))?;
            let text = answer.body_mut().str_contents().await.map_err(|e| format!("{e:?}"))?.to_owned();
            Ok(format!("{} {text}", answer.status().as_u16()))
        })
    }

    fn draw() -> (u64, u64) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| at.as_millis() as u64);
        // A whole number of the language has 63 bits and a sign.
        (RandomState::new().hash_one(1) >> 1, now)
    }

    fn count() -> u32 {
        CALLS.set(CALLS.get() + 1);
        CALLS.get()
    }

    fn break_down(why: String) {
        panic!("{why}");
    }

    fn wait_for(milliseconds: u32) -> bool {
        thread::sleep(Duration::from_millis(milliseconds.into()));
        true
    }

    fn cut(_: Sheet) -> u32 {
        0
    }
}

export!(Press);
