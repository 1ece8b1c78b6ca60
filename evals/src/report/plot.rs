//! Plots as inline SVG: no script, no font, no file from elsewhere. Drawn 360 units wide, so that they are readable on a phone as they are.

use std::fmt::Write;

use super::Share;
use super::escape::html;

const WIDTH: f64 = 360.0;
const ROW: f64 = 34.0;
const BAR: f64 = 8.0;
/// Of a histogram, without its captions.
const HEIGHT: f64 = 110.0;
const BINS: usize = 12;

/// One bar each: how many of a group passed.
pub(super) fn shares(id: &str, title: &str, shares: &[Share]) -> String {
    let mut body = String::new();
    let mut described = Vec::new();
    for (share, y) in shares.iter().zip(rows()) {
        let percent = share.percent().unwrap_or(0.0);
        let value = format!("{percent:.1} % of {}", share.of);
        described.push(format!("{}: {value}", share.name));
        let class = if share.passed == share.of { "good" } else { "mixed" };
        row(&mut body, y, &label(&share.name), &value, percent / 100.0, class);
    }
    svg(id, title, &described.join("; "), height(shares.len()), &body)
}

/// One bar each, against the largest.
pub(super) fn amounts(id: &str, title: &str, amounts: &[(String, f64)], shown: &dyn Fn(f64) -> String) -> String {
    let most = amounts.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    let mut body = String::new();
    let mut described = Vec::new();
    for ((name, value), y) in amounts.iter().zip(rows()) {
        described.push(format!("{name}: {}", shown(*value)));
        row(&mut body, y, name, &shown(*value), if most > 0.0 { value / most } else { 0.0 }, "plain");
    }
    svg(id, title, &described.join("; "), height(amounts.len()), &body)
}

/// How values are spread, in bins of one round width from zero on.
pub(super) fn histogram(id: &str, title: &str, values: &[f64], shown: &dyn Fn(f64) -> String) -> String {
    let most = values.iter().copied().fold(0.0, f64::max);
    let width = round_width(most);
    let mut counts = [0_u32; BINS];
    for value in values {
        let edges = (1..BINS).map(|bin| width * float(bin));
        let bin = edges.filter(|edge| value >= edge).count();
        if let Some(count) = counts.get_mut(bin) {
            *count += 1;
        }
    }
    let largest = f64::from(counts.iter().copied().max().unwrap_or(1).max(1));
    let step = WIDTH / float(BINS);
    let mut body = String::new();
    let mut described = Vec::new();
    for (bin, count) in counts.iter().enumerate() {
        let (left, tall) = (step * float(bin), f64::from(*count) / largest * (HEIGHT - 20.0));
        if *count > 0 {
            described.push(format!("{} to {}: {count}", shown(width * float(bin)), shown(width * float(bin + 1))));
            let _ = write!(
                body,
                r#"<rect class="plain" x="{:.1}" y="{:.1}" width="{:.1}" height="{tall:.1}" rx="2"/><text class="tick" x="{:.1}" y="{:.1}" text-anchor="middle">{count}</text>"#,
                left + 1.0,
                HEIGHT - tall,
                step - 2.0,
                left + step / 2.0,
                HEIGHT - tall - 4.0
            );
        }
    }
    let _ = write!(body, r#"<line class="axis" x1="0" y1="{HEIGHT:.1}" x2="{WIDTH:.1}" y2="{HEIGHT:.1}"/>"#);
    for (at, anchor) in [(0, "start"), (BINS / 2, "middle"), (BINS, "end")] {
        let _ = write!(
            body,
            r#"<text class="tick" x="{:.1}" y="{:.1}" text-anchor="{anchor}">{}</text>"#,
            step * float(at),
            HEIGHT + 15.0,
            html(&shown(width * float(at)))
        );
    }
    svg(id, title, &described.join("; "), HEIGHT + 20.0, &body)
}

fn svg(id: &str, title: &str, described: &str, height: f64, body: &str) -> String {
    format!(
        r#"<figure class="plot"><figcaption>{title}</figcaption><svg role="img" aria-labelledby="{id}-title {id}-text" viewBox="0 0 {WIDTH:.0} {height:.0}"><title id="{id}-title">{title}</title><desc id="{id}-text">{}</desc>{body}</svg></figure>"#,
        html(described),
        title = html(title),
    )
}

fn row(body: &mut String, y: f64, name: &str, value: &str, share: f64, class: &str) {
    let _ = write!(
        body,
        r#"<text class="label" x="0" y="{:.1}">{}</text><text class="value" x="{WIDTH:.1}" y="{:.1}" text-anchor="end">{}</text><rect class="track {class}" x="0" y="{:.1}" width="{WIDTH:.1}" height="{BAR:.1}" rx="4"/><rect class="{class}" x="0" y="{:.1}" width="{:.1}" height="{BAR:.1}" rx="4"/>"#,
        y + 13.0,
        html(name),
        y + 13.0,
        html(value),
        y + 19.0,
        y + 19.0,
        WIDTH * share.clamp(0.0, 1.0)
    );
}

fn rows() -> impl Iterator<Item = f64> {
    (0..).map(|number| ROW * float(number))
}

fn height(rows: usize) -> f64 {
    ROW * float(rows.max(1))
}

/// Small counts only.
fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// `role_claim` → `role claim`.
fn label(name: &str) -> String {
    name.replace('_', " ")
}

/// 1, 2 or 5 times a power of ten, so that all bins together reach `most`.
fn round_width(most: f64) -> f64 {
    let least = most / float(BINS);
    if least <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|width| *width * float(BINS) > most).unwrap_or(power * 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_says_in_words_what_it_shows_and_escapes_names() {
        let plot = shares("p", "Passed", &[Share { name: "<b>".to_owned(), passed: 1, of: 2 }]);
        assert!(plot.contains("&lt;b&gt;: 50.0 % of 2") && !plot.contains("<b>"));
        assert!(plot.contains(r#"role="img""#) && plot.contains("<title") && plot.contains("<desc"));
    }

    #[test]
    fn bins_are_round_and_hold_every_value() {
        for (most, width) in [(11.0, 1.0), (12.0, 2.0), (950.0, 100.0), (0.03, 0.005), (0.0, 1.0)] {
            assert!((round_width(most) - width).abs() < 1e-12, "{most}: {}", round_width(most));
        }
        let plot = histogram("h", "Latency", &[3.0, 4.0, 11.9], &|value| format!("{value:.0} ms"));
        assert!(plot.contains("3 ms to 4 ms: 1; 4 ms to 5 ms: 1; 11 ms to 12 ms: 1"), "{plot}");
    }
}
