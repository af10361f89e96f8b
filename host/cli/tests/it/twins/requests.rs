//! Requests that are made up: whatever the rules of the newsroom look at, in every mixture, and always the same ones.

use serde_json::{Map, Value, json};

/// Makes up so many requests, each in the form of a request file.
pub(super) fn made_up(count: usize) -> impl Iterator<Item = Value> {
    let mut dice = Dice { state: 0x9e37_79b9_7f4a_7c15 };
    (0..count).map(move |_| dice.request())
}

/// A stream of numbers: xorshift64*, whose seed is fixed.
struct Dice {
    state: u64,
}

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        let rolled = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(rolled).unwrap() % sides
    }

    fn one_of(&mut self, of: &[Value]) -> Value {
        of[self.roll(of.len())].clone()
    }

    /// An object with some of these members, each with one of its values.
    fn some_of(&mut self, members: &[(&str, &[Value])]) -> Value {
        let mut object = Map::new();
        for (name, values) in members {
            if self.roll(3) > 0 {
                object.insert((*name).to_owned(), self.one_of(values));
            }
        }
        Value::Object(object)
    }

    fn request(&mut self) -> Value {
        let identifier = format!("user-{}", self.roll(500));
        let is_signed_in = self.roll(2) == 0;
        json!({
            "identity": self.identity(&identifier, is_signed_in),
            "context": self.context(),
            "http": self.http(),
            "instant": self.instant(),
            "env": self.some_of(&[
                ("AI_LICENSEES", &["", "GPTBot", " OtherBot ,GPTBot, "].map(Value::from)),
                ("BLOCKED_REGION", &["US", "US-TX", "DE-BE", "", "-", "US-TX-1"].map(Value::from)),
            ]),
            "customData": self.custom_data(&identifier),
        })
    }

    fn identity(&mut self, identifier: &str, is_signed_in: bool) -> Value {
        let texts = |list: &[&str]| json!(list);
        let claims = self.some_of(&[
            ("tier", &[json!("basic"), json!("premium"), json!("Premium"), json!(""), json!(7), json!(true)]),
            ("roles", &[texts(&["editor"]), texts(&["reader", "reporter"]), texts(&[]), json!("editor"), json!([1])]),
            ("entitlements", &[texts(&["archive", "video"]), texts(&["crossword"]), texts(&["archive"]), json!({})]),
            ("sub", &[json!("x"), json!(1.5)]),
        ]);
        match is_signed_in {
            true => json!({"authType": "jwt", "identifier": identifier, "jwtClaims": claims}),
            false => json!({"identifier": identifier}),
        }
    }

    fn context(&mut self) -> Value {
        let mut context = self.some_of(&[
            ("countryCode", &["US", "DE", "de", "CH", "GB"].map(Value::from)),
            ("regionCode", &["TX", "OH", "BE"].map(Value::from)),
            ("isEUCountry", &[json!(true), json!(false)]),
            ("timezone", &["Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Mars/Olympus"].map(Value::from)),
            ("deviceClass", &["desktop", "mobile", "tablet", "tv", "unknown"].map(Value::from)),
            ("userAgent", &["Mozilla/5.0 (iPhone) Mobile/15E148", "curl/8.0", "\u{1F600}"].map(Value::from)),
        ]);
        if self.roll(3) == 0 {
            context["botTags"] = (0..=self.roll(2)).map(|_| self.bot()).collect();
        }
        context
    }

    fn bot(&mut self) -> Value {
        let categories = ["search-crawler", "ai-crawler", "ai-assistant", "page-previewer", "seo"].map(Value::from);
        json!({
            "category": self.one_of(&categories),
            "code": "made-up",
            "isVerified": self.roll(2) == 0,
            "product": self.one_of(&[json!("GPTBot"), json!("OtherBot"), json!(""), Value::Null]),
        })
    }

    fn http(&mut self) -> Value {
        let urls = [
            "https://news.example/",
            "https://news.example/?utm_source=newsletter&utm_medium=email",
            "https://news.example/?utm_medium=email&utm_source=%6Eewsletter#utm_source=x",
            "https://news.example/?utm_source=radio-example&utm_campaign=summer%2D2026",
            "https://news.example/?utm_source=radio+example&utm_campaign=summer-2026",
            "not a URL?utm_source=newsletter&utm_medium=email",
        ];
        let referers = [
            "https://www.google.com/search?q=a",
            "HTTPS://Bing.com",
            "https://user@ecosia.org:8080/",
            "https://notgoogle.com/",
            "https://google.com.evil.example/",
            "//google.com/",
            "android-app://com.google.com/",
            "https://[::1]:80/",
            "google.com",
            "",
        ];
        self.some_of(&[
            ("url", &urls.map(Value::from)),
            ("referer", &referers.map(Value::from)),
            ("cookies", &[json!({"data-saver": "off"}), json!({"data-saver": "on", "__proto__": "x"}), json!({})]),
        ])
    }

    /// Any minute of the second half of 2026, lunch and Advent among them.
    fn instant(&mut self) -> String {
        let (month, day) = (7 + self.roll(6), 1 + self.roll(30));
        format!("2026-{month:02}-{day:02}T{:02}:{:02}:59.999Z", self.roll(24), self.roll(60))
    }

    fn custom_data(&mut self, identifier: &str) -> Value {
        let until =
            ["2026-10-01T00:00:00Z", "2027-01-01", "2026-09-30T22:30:00.5+02:00", "soon", "1969-12-31T23:59:59Z"];
        let plans = [json!("premium"), json!("premium"), json!("basic"), json!(1)];
        let until = [until.map(Value::from).as_slice(), &[json!(5)]].concat();
        let trial = match self.roll(4) {
            0 => self.some_of(&[("plan", &plans), ("until", &until)]),
            _ => json!({"plan": self.one_of(&plans), "until": self.one_of(&until)}),
        };
        let kept = |user_type: &str, cross_brand: bool| json!({"identifier": identifier, "userType": user_type, "key": "trial", "value": trial, "crossBrand": cross_brand});
        match self.roll(6) {
            0 => json!([]),
            1 => json!([kept("authenticated", false)]),
            2 => json!([kept("anonymous", true)]),
            _ => json!([kept("authenticated", true)]),
        }
    }
}
