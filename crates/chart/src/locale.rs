/// How a language writes numbers and dates. Plain data: a browser can fill it from `Intl` for any language; the ones that
/// [`Locale::from_tag`] knows are written the same everywhere, natively too.
#[derive(Clone, Debug, PartialEq)]
pub struct Locale {
    /// BCP 47.
    pub tag: String,
    pub decimal: String,
    /// Between groups of three digits.
    pub group: String,
    /// After a percentage, with its space.
    pub percent: String,
    /// After thousands, millions, billions and trillions in short numbers, with their space.
    pub compact: [String; 4],
    /// January first.
    pub months_short: [String; 12],
    pub months_long: [String; 12],
    /// Monday first.
    pub weekdays_short: [String; 7],
    pub weekdays_long: [String; 7],
    pub date_order: DateOrder,
    /// After the number of a day, such as `.` in German.
    pub day_suffix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 14 Jun 2001
    DayMonthYear,
    /// Jun 14, 2001
    MonthDayYear,
    /// 2001 Jun 14
    YearMonthDay,
}

impl Locale {
    /// The locale of a tag such as `en-GB`, for English and German; `None` for other languages.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let (language, region) = tag.split_once('-').unwrap_or((tag, ""));
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(english(tag, !matches!(region, "" | "US" | "us"))),
            "de" => Some(german(tag)),
            _ => None,
        }
    }

    /// Day and month, in the language's order: `14 Jun`.
    pub(crate) fn day_and_month(&self, day: u32, month0: u32) -> String {
        let month = &self.months_short[month0 as usize % 12];
        match self.date_order {
            DateOrder::DayMonthYear => format!("{day}{} {month}", self.day_suffix),
            DateOrder::MonthDayYear | DateOrder::YearMonthDay => format!("{month} {day}{}", self.day_suffix),
        }
    }

    /// Adds the year where the language puts it: `14 Jun 2001`.
    pub(crate) fn with_year(&self, date: &str, year: i64) -> String {
        match self.date_order {
            DateOrder::DayMonthYear => format!("{date} {year}"),
            DateOrder::MonthDayYear => format!("{date}, {year}"),
            DateOrder::YearMonthDay => format!("{year} {date}"),
        }
    }
}

impl Default for Locale {
    /// British English.
    fn default() -> Self {
        english("en-GB", true)
    }
}

fn english(tag: &str, day_first: bool) -> Locale {
    Locale {
        tag: tag.to_owned(),
        decimal: ".".to_owned(),
        group: ",".to_owned(),
        percent: "\u{a0}%".to_owned(),
        compact: words("k M B T"),
        months_short: words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        months_long: words("January February March April May June July August September October November December"),
        weekdays_short: words("Mon Tue Wed Thu Fri Sat Sun"),
        weekdays_long: words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        date_order: if day_first { DateOrder::DayMonthYear } else { DateOrder::MonthDayYear },
        day_suffix: String::new(),
    }
}

fn german(tag: &str) -> Locale {
    Locale {
        tag: tag.to_owned(),
        decimal: ",".to_owned(),
        group: ".".to_owned(),
        percent: "\u{a0}%".to_owned(),
        compact: words("\u{a0}Tsd. \u{a0}Mio. \u{a0}Mrd. \u{a0}Bio."),
        months_short: words("Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
        months_long: words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        weekdays_short: words("Mo Di Mi Do Fr Sa So"),
        weekdays_long: words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
        date_order: DateOrder::DayMonthYear,
        day_suffix: ".".to_owned(),
    }
}

/// Names between plain spaces; a no-break space belongs to its name.
fn words<const N: usize>(text: &str) -> [String; N] {
    let mut words = text.split(' ');
    std::array::from_fn(|_| words.next().unwrap_or_default().to_owned())
}
