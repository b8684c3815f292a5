//! What must compile, in every corner where a macro's expansion could be heard.

mod odd_names;
mod private_and_without_warnings;
mod re_exported;
mod scaffolded;
mod shadowed_names;
