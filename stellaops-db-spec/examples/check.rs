//! Checks a specs folder and prints what is wrong.
fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "specs".into());
    match stellaops_db_spec::load(std::path::Path::new(&folder)) {
        Ok(Ok(database)) => println!("{} tables are in order", database.tables().count()),
        Ok(Err(report)) => println!("{report}"),
        Err(error) => println!("{error}"),
    }
}
