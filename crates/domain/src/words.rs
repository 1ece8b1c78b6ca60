//! One text form per enum: the word under which a value is stored, sent and read back. Why it is a macro of ours: `docs/decisions/0001-enum-text.md`.

/// An enum of which every value has exactly one word. Made by [`words!`](crate::words!).
pub trait Words: Copy + 'static {
    /// What a value is, as an error names it: `role`, `decision state`.
    const KIND: &'static str;

    /// The value of exactly this word; `None` for any other text.
    fn from_word(word: &str) -> Option<Self>;
}

/// Declares an enum by its words. It gets `ALL` (in order), `key()` (the word), [`Words`], and serde under the same words.
///
/// ```
/// agent_bill_domain::words! {
///     #[derive(Debug, Clone, Copy, PartialEq, Eq)]
///     pub enum Light: "light" { Red = "red", Green = "green" }
/// }
/// use agent_bill_domain::words::Words;
/// assert_eq!(Light::Red.key(), "red");
/// assert_eq!(Light::from_word("green"), Some(Light::Green));
/// assert_eq!(Light::from_word("Green"), None);
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident: $kind:literal { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        $vis enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            $vis const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// The one word of this value: as stored and as sent.
            #[must_use]
            $vis const fn key(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl $crate::words::Words for $name {
            const KIND: &'static str = $kind;

            fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
