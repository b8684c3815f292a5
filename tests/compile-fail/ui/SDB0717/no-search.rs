use stellaops_db_tests::shop::CountryRepository;

pub fn search(countries: &CountryRepository) {
    let _ = countries.search("upper austria");
}

fn main() {}
