//! Search by words over a global table, as the application's login.

use stellaops_db::{Database, Error};
use stellaops_db_tests::library::*;

use crate::fixture::*;

async fn fill(fixture: &Fixture) {
    let system = fixture.db.system("new books").await.expect("opens");
    let books = system.repository::<BookRepository>();
    for (number, title, blurb, subjects) in [
        ("1", "The Analytical Engine", None, vec!["Computers", "History"]),
        ("2", "Gardens", Some("Next to an old engine, roses grow."), vec![]),
        (
            "3",
            "Steam",
            None,
            vec!["Engines and their engine drivers", "History"],
        ),
        ("4", "Engine, engine, engine", None, vec![]),
        ("5", "O'Brien's \"Book\" of :* & | !", None, vec!["C++"]),
        ("6", "The Analytical Engine", None, vec!["Computers", "History"]),
    ] {
        let subjects = subjects.into_iter().map(Into::into).collect();
        let book = Book::new_row(number.into(), title.into())
            .blurb(blurb.map(Into::into))
            .subjects(subjects);
        books.insert(book).await.expect("inserts");
    }
    let poem = Poem::new_row("Roses were growing in the gardens".into());
    system
        .repository::<PoemRepository>()
        .insert(poem)
        .await
        .expect("inserts");
    system.close().await.expect("closes");
}

async fn found(books: &BookRepository, text: &str) -> Vec<String> {
    let rows = books
        .search(text)
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    rows.into_iter().map(|book| book.number).collect()
}

#[tokio::test]
async fn the_best_rows_come_first_and_rows_of_one_rank_by_their_key() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        fill(&fixture).await;
        let books = fixture.tenant("a").repository::<BookRepository>();
        // Three times in the title, once in it, in a subject, in the blurb.
        assert_eq!(found(&books, "ENGINE").await, ["4", "1", "6", "3", "2"]);
        assert_eq!(found(&books, "history computers").await, ["1", "6"]);
        assert_eq!(found(&books, "\"analytical engine\" -computers").await, [""; 0]);
        assert_eq!(found(&books, "roses or steam").await, ["3", "2"]);
        assert_eq!(found(&books, "engine -history").await, ["4", "2"]);
        assert_eq!(books.search("engine").limit(2).await.expect("searches").len(), 2);
        for limit in [0, 1_001] {
            let refused = books.search("engine").limit(limit).await;
            assert!(matches!(refused, Err(Error::OutOfRange { .. })), "{refused:?}");
        }
        let poems = fixture.tenant("a").repository::<PoemRepository>();
        assert_eq!(poems.search("garden rose").await.expect("searches").len(), 1);
        assert_eq!(found(&books, "garden").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_changed_row_is_found_by_its_new_words_and_a_withdrawn_one_no_more() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        fill(&fixture).await;
        let system = fixture.db.system("corrections").await.expect("opens");
        let (books, readers) = (
            system.repository::<BookRepository>(),
            fixture.tenant("a").repository::<BookRepository>(),
        );
        let patch = Book::patch()
            .title("Meadows".into())
            .subjects(vec!["Äcker".into()]);
        books.update("2".into(), patch).await.expect("updates");
        assert_eq!(found(&readers, "meadows").await, ["2"]);
        assert_eq!(found(&readers, "Äcker").await, ["2"]);
        assert_eq!(found(&readers, "gardens").await, [""; 0]);
        books.soft_delete("2".into()).await.expect("withdraws");
        assert_eq!(found(&readers, "meadows").await, [""; 0]);
        system.close().await.expect("closes");
    }
}

#[tokio::test]
async fn no_text_makes_a_search_fail() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        fill(&fixture).await;
        let books = fixture.tenant("a").repository::<BookRepository>();
        let (long, deep) = ("word ".repeat(100_000), "(\"-".repeat(2_000));
        for text in [
            "",
            "   ",
            "'",
            "''; DROP TABLE library.books; --",
            "\"",
            "\"\"\"",
            "-",
            "- - -",
            "or or or",
            "-or",
            ":*",
            "a:*",
            "a & | ! <-> b",
            "<2>",
            "(((",
            ")",
            "\\",
            "$1",
            "%s {} \u{202e} \u{feff} 🦀",
            "E'\\x00'",
            &long,
            &deep,
            &"x".repeat(5_000),
        ] {
            let count = found(&books, text).await.len();
            assert!(count <= 6, "{count}");
        }
        assert_eq!(found(&books, "o'brien").await, ["5"]);
        assert_eq!(books.count([]).await.expect("counts"), 6);
        let search = books.search("secret words");
        assert!(!format!("{search:?}").contains("secret"), "{search:?}");
    }
}

#[tokio::test]
async fn a_nul_in_what_is_searched_for_is_told_before_anything_is_sent() {
    let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
    let books = fixture.tenant("a").repository::<BookRepository>();
    for text in ["\0", "engine\0steam"] {
        let refused = books.search(text).await;
        assert!(matches!(refused, Err(Error::Encode(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn texts_of_any_length_are_stored_and_searched_at_their_beginning() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let system = fixture.db.system("new books").await.expect("opens");
        let words: Vec<String> = (0..200_000).map(|number| format!("w{number}")).collect();
        let blurb = words.join(" ");
        assert!(blurb.len() > 1_200_000);
        let book = Book::new_row("7".into(), "Words".into()).blurb(Some(blurb));
        system
            .repository::<BookRepository>()
            .insert(book)
            .await
            .expect("inserts");
        system.close().await.expect("closes");
        let books = fixture.tenant("a").repository::<BookRepository>();
        assert_eq!(found(&books, "w9000").await, ["7"]);
        assert_eq!(found(&books, "w199999").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_search_reads_its_index_as_the_application() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let rows = "INSERT INTO library.books (number, title, subjects) \
            SELECT n::text, 'Book ' || n, ARRAY['subject' || n % 1000] FROM generate_series(1, 20000) AS n";
        let mut superuser = fixture.superuser().await;
        run(&mut superuser, rows).await.expect("inserts");
        run(&mut superuser, "VACUUM ANALYZE library.books")
            .await
            .expect("analyses");
        let pool = fixture.one_connection(APPLICATION).await;
        let db = Database::from_pool(pool.clone(), [])
            .await
            .expect("is walled off");
        let books = db
            .tenant(&"a".parse().expect("a tenant"))
            .repository::<BookRepository>();
        assert_eq!(found(&books, "subject7").await.len(), 20);
        let mut connection = pool.acquire().await.expect("the connection");
        for plan in plans(&mut connection, "books search", 1).await {
            let by_index = plan.contains("Bitmap Index Scan on idx_books_words");
            assert!(by_index && !plan.contains("Seq Scan"), "{plan}");
        }
    }
}
