//! What `options` set for a session, and what of that is the toolkit's alone.

const BY_SCOPE: &str = "a tenant is bound by `database.tenant(…)`";
const BY_LOGIN: &str = "let the URL name the login that does the work";
const ALWAYS: &str = "policies and triggers hold for every login of the toolkit";

/// The settings that nobody else sets, each with what to do instead.
const OURS: [(&str, &str); 6] = [
    ("app.*", BY_SCOPE),
    ("role", BY_LOGIN),
    ("session_authorization", BY_LOGIN),
    (
        "search_path",
        "every statement names its schemas, and so does SQL of your own",
    ),
    ("session_replication_role", ALWAYS),
    ("row_security", ALWAYS),
];

/// The server's switches that have no argument, which may stand in one word before the next switch.
const FLAGS: [char; 12] = ['b', 'E', 'e', 'F', 'i', 'j', 'l', 'n', 'O', 'P', 's', 'T'];

/// The first setting of the toolkit's that the options set, with what to do instead.
pub(super) fn forbidden(options: &str) -> Option<(&'static str, &'static str)> {
    let words = words(options);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let Some(switches) = word.strip_prefix('-') else {
            continue;
        };
        // `-c name=value`, `-cname=value`, `--name=value`.
        let setting = match switches.trim_start_matches(FLAGS) {
            "c" => words.next().map(String::as_str),
            switch => switch.strip_prefix(['c', '-']),
        };
        let ours = setting.and_then(of_toolkit);
        if ours.is_some() {
            return ours;
        }
    }
    None
}

/// As the server reads a name: letters are alike in both cases, and a hyphen is an underscore.
fn of_toolkit(setting: &str) -> Option<(&'static str, &'static str)> {
    let name = setting.split('=').next().unwrap_or_default();
    let name = name.to_ascii_lowercase().replace('-', "_");
    let is_meant = |ours: &str| match ours.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == ours,
    };
    OURS.into_iter().find(|(ours, _)| is_meant(ours))
}

/// The words as the server takes them apart: at white space, unless a backslash stands before it.
fn words(options: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut characters = options.chars().peekable();
    loop {
        while characters.next_if(char::is_ascii_whitespace).is_some() {}
        let mut word = String::new();
        while let Some(character) = characters.next_if(|character| !character.is_ascii_whitespace()) {
            match character {
                '\\' => word.extend(characters.next()),
                _ => word.push(character),
            }
        }
        match word.is_empty() {
            true => return words,
            false => words.push(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Config;

    fn refusal(query: &str) -> Option<String> {
        let url = format!("postgres://app@localhost/x?{query}");
        Config::from_url(&url).err().map(|error| error.to_string())
    }

    #[test]
    fn what_the_toolkit_sets_itself_is_refused_however_it_is_written() {
        for (query, name) in [
            ("options[app.tenant_id]=a", "app.*"),
            ("options[APP.tenant_id]=a", "app.*"),
            ("options[role]=stellaops_system", "role"),
            ("options[session_authorization]=x", "session_authorization"),
            ("options[search_path]=x", "search_path"),
            (
                "options[session-replication-role]=replica",
                "session_replication_role",
            ),
            ("options[row_security]=off", "row_security"),
            ("options=-c%20role%3Dx", "role"),
            ("options=-crole%3Dx", "role"),
            ("options=-ec%20role%3Dx", "role"),
            ("options=--role%3Dx", "role"),
            ("options=-c%20ro%5Cle%3Dx", "role"),
            ("options[work_mem]=1MB&options=%20-c%20%20role%3Dx", "role"),
        ] {
            let told = refusal(query).unwrap_or_else(|| panic!("{query}"));
            assert!(
                told.contains(&format!("leaves `{name}` alone")),
                "{query}: {told}"
            );
        }
    }

    #[test]
    fn what_is_the_programs_is_taken() {
        for query in [
            "options[work_mem]=1MB",
            "options[work_mem]=1MB%20-c%20role%3Dx",
            "options[statement_timeout]=5s&options[jit]=off",
            "options=-c%20geqo%3Doff%20--jit%3Doff%20-e",
            "options[application.role]=x",
        ] {
            assert_eq!(refusal(query), None, "{query}");
        }
    }
}
