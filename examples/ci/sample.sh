# Makes `sample`, a small checkout to try the pipeline on. Its one commit is the same wherever and whenever it is made.
set -eu
git init -q sample
cd sample
mkdir src
cat > Cargo.toml <<'END'
[package]
name = "sample"
version = "0.1.0"
edition = "2024"

[workspace]
END
cat > src/main.rs <<'END'
fn main() {
    println!("hello");
}
END
export GIT_AUTHOR_DATE="2026-01-31T12:00:00Z" GIT_COMMITTER_DATE="2026-01-31T12:00:00Z"
git -c core.autocrlf=false add .
git -c user.name=Ada -c user.email=ada@example.org -c commit.gpgsign=false commit -q -m "Say hello"
