//! `@context`: which DTDL version, limits and extensions an element is written under.

use std::borrow::Cow;
use std::rc::Rc;

use smallvec::SmallVec;

use super::dtmi::{Dtmi, DtmiSyntax};
use super::error::{ModelError, rule};
use super::json::Value;
use super::metamodel::{Context, ID_LENGTH_MAX, Limits, registry};
use super::policy::{Policy, UndefinedExtensions};

/// How the identifiers of DTDL's own contexts begin.
const DTDL_CONTEXT: &str = "dtmi:dtdl:context;";

/// The partner context that may stand before DTDL's own, as older tools wrote it.
const MAY_PRECEDE_DTDL: &str = "dtmi:iotcentral:context;2";

/// The contexts in force at an element.
#[derive(Clone)]
pub(crate) struct Active<'t> {
    language: &'static Context,
    /// The specifier in force, as written, for located errors about the version.
    pub(crate) language_at: Option<Value<'t>>,
    /// The limits in force.
    pub(crate) limits: Limits,
    extensions: SmallVec<[&'static Context; 3]>,
    unknown: SmallVec<[&'t str; 1]>,
}

/// Whether an element without `@context` and outer context is at fault, and how.
type Read<'t> = Result<Rc<Active<'t>>, Box<ModelError>>;

impl<'t> Active<'t> {
    /// The DTDL version: 2, 3 or 4.
    pub(crate) fn version(&self) -> u8 {
        self.language.major as u8
    }

    /// Whether all contexts are known, so that unknown terms can only be mistakes.
    pub(crate) fn is_complete(&self) -> bool {
        self.unknown.is_empty()
    }

    /// Whether JSON-LD keywords that DTDL has no use for are refused.
    pub(crate) fn restricts_keywords(&self) -> bool {
        self.version() >= 3
    }

    /// The prefixes that identifiers defined under this context must not have.
    pub(crate) fn reserved_prefixes(&self) -> impl Iterator<Item = &'static str> {
        let extensions = self.extensions.iter().flat_map(|context| context.reserved);
        self.language.reserved.iter().chain(extensions).copied()
    }

    /// The identifier that a text stands for: a DTMI that this version allows, or a term.
    pub(crate) fn dtmi_of(&self, text: &'t str) -> Option<Cow<'t, str>> {
        if text.starts_with("dtmi:") {
            let short =
                ID_LENGTH_MAX.under(self.limits).is_none_or(|max| text.len() <= max as usize);
            let good = short && DtmiSyntax::of_version(self.version()).check(text).is_ok();
            return good.then_some(Cow::Borrowed(text));
        }
        if text.contains(':') {
            return None;
        }
        let contexts = std::iter::once(&self.language).chain(&self.extensions);
        contexts
            .into_iter()
            .find_map(|context| context.terms.get(text))
            .map(|id| Cow::Borrowed(id.as_str()))
    }

    /// The specifiers in force, in the order in which a document must state them.
    pub(crate) fn specifiers(&self) -> Vec<&str> {
        let mut all = vec![self.language.id.as_str()];
        if matches!(self.limits, Limits::Aio | Limits::Onvif) {
            // Filled in by the caller's writer: the language without limits, then the limits.
            all[0] = "dtmi:dtdl:context;4#limitless";
            all.push(self.limits.context());
        }
        all.extend(self.extensions.iter().map(|context| context.id.as_str()));
        all.extend(self.unknown.iter().copied());
        all
    }
}

/// One entry of an `@context`.
#[derive(Clone, Copy)]
enum Entry<'t> {
    Remote(&'t str, Value<'t>),
    Local(Value<'t>),
}

fn fault(id: &'static str, at: Value<'_>) -> ModelError {
    ModelError::new(id).at(at.place())
}

fn bad<T>(
    id: &'static str,
    at: Value<'_>,
    value: &str,
    message: String,
    mend: &str,
) -> Result<T, Box<ModelError>> {
    Err(Box::new(fault(id, at).value(value).says(message).mend(mend)))
}

/// The contexts in force inside `element`, given those outside it.
pub(crate) fn enter<'t>(
    element: Value<'t>,
    outer: Option<&Rc<Active<'t>>>,
    policy: &Policy,
) -> Read<'t> {
    let written = element.get("@context");
    let entries = match written {
        Some(context) => entries_of(context)?,
        None => SmallVec::new(),
    };
    if entries.is_empty() {
        return match (outer, written) {
            (Some(outer), _) => Ok(outer.clone()),
            (None, None) => Err(Box::new(
                fault(rule!("missingContext"), element)
                    .says("The model has no '@context'.")
                    .mend("Add \"@context\": \"dtmi:dtdl:context;3\", or the version in which it is written."),
            )),
            (None, Some(context)) => Err(Box::new(
                fault(rule!("emptyContext"), context)
                    .says("The '@context' is empty.")
                    .mend("Name the DTDL version, such as \"dtmi:dtdl:context;3\"."),
            )),
        };
    }
    Entering { policy, outer, entries: &entries, at: 0 }.run()
}

fn entries_of(context: Value<'_>) -> Result<SmallVec<[Entry<'_>; 4]>, Box<ModelError>> {
    let entry = |value: Value<'_>| -> Result<(), Box<ModelError>> {
        if value.as_str().is_some() || value.is_object() {
            return Ok(());
        }
        Err(Box::new(
            fault(rule!("invalidContext"), value)
                .says("The '@context' has a value that is neither a string nor an object.")
                .mend("Use a string such as \"dtmi:dtdl:context;3\"."),
        ))
    };
    let values: SmallVec<[Value<'_>; 4]> = if context.is_array() {
        context.items().collect()
    } else {
        SmallVec::from_slice(&[context])
    };
    let mut entries = SmallVec::new();
    for value in values {
        entry(value)?;
        entries.push(match value.as_str() {
            Some(text) => Entry::Remote(text, value),
            None => Entry::Local(value),
        });
    }
    Ok(entries)
}

struct Entering<'t, 'e> {
    policy: &'e Policy,
    outer: Option<&'e Rc<Active<'t>>>,
    entries: &'e [Entry<'t>],
    at: usize,
}

impl<'t> Entering<'t, '_> {
    fn run(mut self) -> Read<'t> {
        let mut early = SmallVec::<[&'static Context; 3]>::new();
        while let Some(Entry::Remote(MAY_PRECEDE_DTDL, _)) = self.entries.get(self.at) {
            early.extend(registry().context("dtmi:iotcentral:context", 2));
            self.at += 1;
        }
        let mut active = self.language()?;
        let mut last = self.entries.len();
        if let Some(Entry::Local(value)) = self.entries.last() {
            return Err(Box::new(
                fault(rule!("disallowedLocalContext"), *value)
                    .restriction(active.version().to_string())
                    .says(format!(
                        "The '@context' defines terms of its own, which DTDL v{} does not allow.",
                        active.version()
                    ))
                    .mend("Remove the object from the '@context' and write identifiers in full."),
            ));
        }
        for context in early {
            active.add_extension(context);
        }
        last = last.max(self.at);
        while self.at < last {
            self.extension(&mut active)?;
            self.at += 1;
        }
        Ok(Rc::new(active))
    }

    /// Reads the DTDL contexts at the head, and the limits after them.
    fn language(&mut self) -> Result<Active<'t>, Box<ModelError>> {
        let mut found: Option<(&'static Context, Value<'t>, bool)> = None;
        while let Some(&Entry::Remote(text, value)) = self.entries.get(self.at) {
            if !text.starts_with(DTDL_CONTEXT) {
                break;
            }
            let (context, with_limits) = self.language_context(text, value)?;
            found = Some((context, value, with_limits));
            self.at += 1;
            if !with_limits {
                break;
            }
        }
        match (found, self.outer) {
            (Some((context, value, with_limits)), outer) => {
                let version = context.major as u8;
                let limits = if with_limits {
                    Limits::of_version(version)
                } else {
                    self.limits(version, value)?
                };
                let outer = outer.map(|outer| (**outer).clone());
                Ok(Active {
                    language: context,
                    language_at: Some(value),
                    limits,
                    extensions: outer
                        .as_ref()
                        .map(|outer| outer.extensions.clone())
                        .unwrap_or_default(),
                    unknown: outer.map(|outer| outer.unknown).unwrap_or_default(),
                })
            }
            (None, Some(outer)) => Ok((**outer).clone()),
            (None, None) => {
                let (Entry::Remote(_, value) | Entry::Local(value)) = self.entries[0];
                Err(Box::new(
                    fault(rule!("missingDtdlContext"), value)
                        .says("The '@context' does not begin with a DTDL context.")
                        .mend("Put \"dtmi:dtdl:context;3\", or the version in which the model is written, first."),
                ))
            }
        }
    }

    /// One DTDL context, and whether DTDL's own limits come with it.
    fn language_context(
        &self,
        text: &'t str,
        at: Value<'t>,
    ) -> Result<(&'static Context, bool), Box<ModelError>> {
        let Ok(id) = text.parse::<Dtmi>() else {
            return bad(
                rule!("invalidContextSpecifier"),
                at,
                text,
                format!("The context '{text}' is not a valid identifier."),
                "Write it as \"dtmi:dtdl:context;3\".",
            );
        };
        let fragment = id.fragment();
        check_fragment(&id, text, at)?;
        let version = id.version().unwrap_or(super::dtmi::DtmiVersion { major: 0, minor: 0 });
        if version.major != 4 && !fragment.is_empty() {
            return bad(
                rule!("disallowedContextFragment"),
                at,
                text,
                format!(
                    "The context '{text}' has a fragment, which DTDL v{} does not allow.",
                    version.major
                ),
                "Remove the fragment.",
            );
        }
        if fragment == "#limits" {
            return bad(
                rule!("misplacedLimitContext"),
                at,
                text,
                format!("The context '{text}' sets limits but does not follow '#limitless'."),
                "Remove the fragment, or put \"dtmi:dtdl:context;4#limitless\" before it.",
            );
        }
        let context =
            registry().context("dtmi:dtdl:context", version.major).filter(|_| version.minor == 0);
        let Some(context) = context else {
            return bad(
                rule!("unrecognizedContextVersion"),
                at,
                text,
                format!("The context '{text}' names a DTDL version that is not known."),
                "Use one of the versions 2, 3 and 4.",
            );
        };
        if version.major > u32::from(self.policy.dtdl_version_max) {
            return bad(
                rule!("disallowedContextVersion"),
                at,
                text,
                format!("The context '{text}' names a DTDL version that is not accepted here."),
                &format!("Use version {} or older.", self.policy.dtdl_version_max),
            );
        }
        Ok((context, fragment.is_empty()))
    }

    /// The limits that must follow a limitless DTDL context.
    fn limits(
        &mut self,
        dtdl_version: u8,
        language_at: Value<'t>,
    ) -> Result<Limits, Box<ModelError>> {
        let missing = || {
            bad(
                rule!("missingLimitContext"),
                language_at,
                language_at.as_str().unwrap_or_default(),
                "The context is without limits, and none follow it.".to_owned(),
                "Put a limit context after it, such as \"dtmi:dtdl:context;4#limits\".",
            )
        };
        let Some(&Entry::Remote(text, value)) = self.entries.get(self.at) else {
            return missing();
        };
        let Some(id) = self.check_specifier(text, value, dtdl_version, true)? else {
            return missing();
        };
        self.at += 1;
        if text.starts_with(DTDL_CONTEXT) {
            check_fragment(&id, text, value)?;
            let own = id.fragment() != "#limitless"
                && id.version().is_some_and(|v| v.major == u32::from(dtdl_version));
            return if own { Ok(Limits::of_version(dtdl_version)) } else { missing() };
        }
        let version = id.version().map_or(0, |version| version.major);
        let context = registry().context(&id.without_version(), version);
        let Some(limits) = context.and_then(|context| context.limits) else {
            return missing();
        };
        if !self.accepts_limits(&id) {
            let acceptable: Vec<_> =
                self.policy.acceptable_limits.iter().map(|id| format!("'{id}'")).collect();
            return bad(
                rule!("disallowedLimitContext"),
                value,
                text,
                format!("The limits of '{text}' are not accepted here."),
                &format!("Use 'dtmi:dtdl:context;{dtdl_version}#limits'{}.", join_or(&acceptable)),
            );
        }
        Ok(limits)
    }

    fn accepts_limits(&self, wanted: &Dtmi) -> bool {
        self.policy.acceptable_limits.iter().any(|accepted| {
            let same_name = accepted.without_version() == wanted.without_version();
            same_name && (accepted.version().is_none() || accepted.version() == wanted.version())
        })
    }

    /// Checks that a context is a versioned identifier of this DTDL version.
    fn check_specifier(
        &self,
        text: &str,
        at: Value<'t>,
        dtdl_version: u8,
        fragment_allowed: bool,
    ) -> Result<Option<Dtmi>, Box<ModelError>> {
        if !text.starts_with("dtmi:") {
            return bad(
                rule!("nonDtmiContextSpecifier"),
                at,
                text,
                format!("The context '{text}' is not a DTMI."),
                "Use the identifier of an extension, such as \"dtmi:dtdl:extension:quantitativeTypes;1\".",
            );
        }
        let parsed =
            text.parse::<Dtmi>().ok().filter(|id| fragment_allowed || id.fragment().is_empty());
        let Some(id) = parsed else {
            return bad(
                rule!("invalidContextSpecifier"),
                at,
                text,
                format!("The context '{text}' is not a valid identifier."),
                "Write it as \"dtmi:path:to:context;1\".",
            );
        };
        let bare = text.split('#').next().unwrap_or_default();
        if DtmiSyntax::of_version(dtdl_version).check(bare).is_err() {
            return bad(
                rule!("invalidContextSpecifierForVersion"),
                at,
                text,
                format!(
                    "The context '{text}' is not an identifier that DTDL v{dtdl_version} allows."
                ),
                "Correct the identifier.",
            );
        }
        if id.version().is_none() {
            return bad(
                rule!("missingContextVersion"),
                at,
                text,
                format!("The context '{text}' has no version."),
                "Add the version, such as ';1'.",
            );
        }
        Ok(Some(id))
    }

    fn extension(&self, active: &mut Active<'t>) -> Result<(), Box<ModelError>> {
        let (text, at) = match self.entries[self.at] {
            Entry::Remote(text, at) => (text, at),
            Entry::Local(at) => {
                return Err(Box::new(
                    fault(rule!("localContextNotLast"), at)
                        .says("The '@context' has an object that does not stand last.")
                        .mend("Remove the object."),
                ));
            }
        };
        if text.starts_with(DTDL_CONTEXT) {
            return bad(
                rule!("dtdlContextFollowsAffiliate"),
                at,
                text,
                format!("The DTDL context '{text}' stands after another context."),
                "Put the DTDL context first.",
            );
        }
        let id = self.check_specifier(text, at, active.version(), false)?;
        let Some(id) = id else { return Ok(()) };
        let name = id.without_version();
        let version = id.version().map_or((0, 0), |version| (version.major, version.minor));
        match registry().context(&name, version.0).filter(|_| version.1 == 0) {
            Some(context) if context.limits.is_some() => bad(
                rule!("misplacedLimitContext"),
                at,
                text,
                format!("The limits of '{text}' do not follow a context without limits."),
                "Put \"dtmi:dtdl:context;4#limitless\" directly before it.",
            ),
            Some(context) => {
                active.add_extension(context);
                Ok(())
            }
            None if self.allows_unknown(active.version()) => {
                if !active.unknown.contains(&text) {
                    active.unknown.push(text);
                }
                Ok(())
            }
            None => unknown_extension(text, at, &name),
        }
    }

    fn allows_unknown(&self, dtdl_version: u8) -> bool {
        match self.policy.undefined_extensions {
            UndefinedExtensions::Allow => true,
            UndefinedExtensions::Refuse => false,
            UndefinedExtensions::ByVersion => dtdl_version == 2,
        }
    }
}

/// A DTDL context has no fragment other than these two.
fn check_fragment(id: &Dtmi, text: &str, at: Value<'_>) -> Result<(), Box<ModelError>> {
    if matches!(id.fragment(), "" | "#limitless" | "#limits") {
        return Ok(());
    }
    bad(
        rule!("invalidContextFragment"),
        at,
        text,
        format!("The context '{text}' has a fragment other than '#limitless' or '#limits'."),
        "Remove the fragment.",
    )
}

fn unknown_extension(text: &str, at: Value<'_>, name: &str) -> Result<(), Box<ModelError>> {
    if registry().has_context_named(name) {
        let versions = registry().context_versions(name);
        return bad(
            rule!("unresolvableContextVersion"),
            at,
            text,
            format!("The context '{text}' names a version that is not known."),
            &format!("Use one of the versions {versions}."),
        );
    }
    bad(
        rule!("unresolvableContextSpecifier"),
        at,
        text,
        format!("The extension '{text}' is not known."),
        "Remove it, or allow undefined extensions.",
    )
}

fn join_or(names: &[String]) -> String {
    names.iter().map(|name| format!(" or {name}")).collect()
}

impl Active<'_> {
    fn add_extension(&mut self, context: &'static Context) {
        // A later version of an extension takes the place of an earlier one.
        self.extensions.retain(|known| known.name != context.name);
        self.extensions.push(context);
    }
}
