//! Projections: some columns of rows, in pages, streams and look-ups.

use futures_util::TryStreamExt as _;
use stellaops_db::{Id, Lock, Projection};
use stellaops_db_tests::library::*;

use crate::fixture::*;

/// Not the order's columns, one that the database computes, and in another order than the table's.
#[derive(Debug, Clone, PartialEq, Projection)]
#[projection("library.wishes", of = "Wish", specs = "library/specs")]
struct WishLine {
    author: Option<String>,
    tags: Vec<String>,
    #[column("branch")]
    handed_out_at: String,
}

#[derive(Debug, Clone, PartialEq, Projection)]
#[projection("library.shelves", of = "Shelf", specs = "library/specs")]
struct ShelfId {
    id: Id<Shelf>,
}

fn line(wish: &Wish) -> WishLine {
    WishLine {
        author: wish.details.author.clone(),
        tags: wish.tags.clone(),
        handed_out_at: wish.branch.clone(),
    }
}

#[tokio::test]
async fn a_projection_reads_its_columns_page_by_page_in_orders_of_other_columns() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let wishes = fixture.tenant("a").repository::<WishRepository>();
        let new = (0..25_i16).map(|number| {
            let author = (number % 4 > 0).then(|| format!("author {}", number % 4));
            Wish::new_row(
                "north".into(),
                number % 3,
                vec![number.to_string()],
                WishDetails { author, extra: None },
            )
        });
        wishes.insert_many(new).await.expect("inserts");
        let whole = wishes.list(Wish::BY_AUTHOR).await.expect("lists").rows;
        let lines: Vec<WishLine> = whole.iter().map(line).collect();
        let (mut read, mut next) = (Vec::new(), None);
        loop {
            let list = wishes.list(Wish::BY_AUTHOR).project::<WishLine>().limit(7);
            let page = match next.take() {
                Some(cursor) => list.at(cursor).await,
                None => list.await,
            };
            let page = page.expect("lists");
            read.extend(page.rows);
            match page.next {
                Some(cursor) => next = Some(cursor),
                None => break,
            }
        }
        assert_eq!(read, lines);
        let stream = wishes.list(Wish::BY_AUTHOR).project::<WishLine>().stream();
        assert_eq!(stream.try_collect::<Vec<_>>().await.expect("streams"), lines);
        let found = wishes.get(whole[3].id).project::<WishLine>().await;
        assert_eq!(found.expect("finds"), Some(lines[3].clone()));
    }
}

/// The page of the whole rows goes on with the cursor of a projection's: it is bound to the query's rows, not
/// to what is read of them.
#[tokio::test]
async fn a_cursor_serves_the_same_rows_whatever_is_read_of_them() {
    let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
    let shelves = fixture.tenant("a").repository::<ShelfRepository>();
    let new = (0..9).map(|number| Shelf::new_row(format!("shelf {number}")));
    shelves.insert_many(new).await.expect("inserts");
    let whole = shelves.list(Shelf::BY_NAME).await.expect("lists").rows;
    let first = shelves
        .list(Shelf::BY_NAME)
        .project::<ShelfId>()
        .limit(4)
        .await
        .expect("lists");
    let rest = shelves
        .list(Shelf::BY_NAME)
        .at(first.next.expect("there is more"))
        .await
        .expect("lists");
    assert_eq!(rest.rows, whole[4..]);
}

#[tokio::test]
async fn a_projection_of_a_row_is_locked_like_the_row_and_found_by_a_unique_key() {
    let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
    let scope = fixture.tenant("a");
    let shelf = scope
        .repository::<ShelfRepository>()
        .insert(Shelf::new_row("top".into()))
        .await;
    let shelf = shelf.expect("inserts");
    let holder = scope.begin().await.expect("begins");
    let held = holder.repository::<ShelfRepository>();
    let found = held
        .get_by_name("top")
        .lock(Lock::UPDATE)
        .project::<ShelfId>()
        .await;
    assert_eq!(found.expect("locks"), Some(ShelfId { id: shelf.id }));
    let other = scope.begin().await.expect("begins");
    let shelves = other.repository::<ShelfRepository>();
    let passed = shelves
        .get(shelf.id)
        .lock(Lock::UPDATE.skip_locked())
        .project::<ShelfId>()
        .await;
    assert_eq!(passed.expect("passes over"), None);
    let others = fixture.tenant("b").repository::<ShelfRepository>();
    let hidden = others.get_by_name("top").project::<ShelfId>().await;
    assert_eq!(hidden.expect("finds nothing"), None);
}

/// What is not read is not sent; PostgreSQL does not even unpack it.
#[tokio::test]
async fn what_is_not_projected_is_not_in_the_statement() {
    let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
    let pool = fixture.one_connection(APPLICATION).await;
    let database = stellaops_db::Database::from_pool(pool.clone(), [])
        .await
        .expect("is walled off");
    let scope = database.tenant(&stellaops_db::TenantId::new("a").expect("a tenant"));
    let shelves = scope.repository::<ShelfRepository>();
    shelves
        .list(Shelf::BY_NAME)
        .project::<ShelfId>()
        .await
        .expect("lists");
    let mut connection = pool.acquire().await.expect("the connection");
    let sql = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '/* stellaops-db library.shelves list%'";
    let text: (String,) = sqlx::query_as(sql)
        .persistent(false)
        .fetch_one(&mut *connection)
        .await
        .expect("is there");
    // The order's column is read as well, for cursors.
    assert!(text.0.contains("SELECT \"id\", \"name\" FROM"), "{}", text.0);
}
