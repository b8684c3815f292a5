CREATE SCHEMA sales;
CREATE TYPE sales.mood AS ENUM ('glad', 'sad');
CREATE DOMAIN sales.short_text AS varchar(12) CHECK (VALUE <> '');
CREATE SEQUENCE sales.counter;

CREATE TABLE customers (
  id serial PRIMARY KEY,
  email varchar(200) NOT NULL UNIQUE,
  name text COLLATE "C" NOT NULL,
  since timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE sales.products (
  tenant_id uuid NOT NULL,
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  code sales.short_text NOT NULL,
  price numeric(10, 2) NOT NULL DEFAULT 0 CHECK (price >= 0),
  mood sales.mood NOT NULL DEFAULT 'glad',
  details json,
  extra jsonb NOT NULL DEFAULT '{}',
  sizes integer[] NOT NULL DEFAULT '{}',
  available tstzrange,
  status smallint NOT NULL DEFAULT 0 CHECK (status IN (0, 1)),
  words tsvector GENERATED ALWAYS AS (to_tsvector('english', code)) STORED,
  doubled numeric GENERATED ALWAYS AS (price * 2) STORED,
  created_at timestamptz NOT NULL DEFAULT now(),
  EXCLUDE USING gist (available WITH &&),
  CONSTRAINT products_code_key UNIQUE (tenant_id, code) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE sales.products IS 'What can be bought.';
COMMENT ON COLUMN sales.products.price IS 'In euros.';
CREATE INDEX products_lower_code ON sales.products (lower(code));
CREATE INDEX products_extra ON sales.products USING gin (extra);
CREATE INDEX products_covering ON sales.products (tenant_id, created_at DESC) INCLUDE (price);
CREATE INDEX products_newest ON sales.products (tenant_id, created_at DESC);
CREATE INDEX products_cheap ON sales.products (tenant_id, created_at) WHERE price < 10;

CREATE TABLE sales.orders (
  tenant_id text COLLATE "C" NOT NULL,
  id uuid NOT NULL,
  product_id uuid NOT NULL REFERENCES sales.products (id) ON UPDATE CASCADE,
  customer_id integer REFERENCES public.customers (id) ON DELETE SET NULL,
  state text COLLATE "C" NOT NULL DEFAULT 'open',
  "select" integer,
  CONSTRAINT orders_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT orders_state CHECK (state IN ('open', 'shut')),
  CONSTRAINT orders_select CHECK ("select" > 3)
);
ALTER TABLE sales.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON sales.orders USING (tenant_id = current_user);

CREATE TABLE sales.archive (LIKE sales.orders) PARTITION BY LIST (state);
CREATE TABLE sales.archive_open PARTITION OF sales.archive FOR VALUES IN ('open');
CREATE TABLE sales.old_orders (note text) INHERITS (sales.orders);
CREATE UNLOGGED TABLE sales.scratch (line text);

CREATE VIEW sales.open_orders AS SELECT id FROM sales.orders WHERE state = 'open';
CREATE FUNCTION sales.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER noting BEFORE INSERT ON sales.orders FOR EACH ROW EXECUTE FUNCTION sales.note();
ALTER TABLE sales.orders DISABLE TRIGGER noting;
GRANT SELECT ON sales.orders TO PUBLIC;
CREATE FOREIGN DATA WRAPPER far;
CREATE SERVER away FOREIGN DATA WRAPPER far;
CREATE FOREIGN TABLE sales.remote (id integer) SERVER away;
CREATE STATISTICS sales.related ON state, product_id FROM sales.orders;
