# Sourced by the commands in this folder, with options of Java, the class to run and its arguments. Compiles all classes, and
# runs this one with a PostgreSQL of its own and the Java runtime of JAVA_HOME.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v wrk >/dev/null; then
  apt-get update -qq
  apt-get install -y -qq wrk >/dev/null
fi
java=${JAVA_HOME:+$JAVA_HOME/bin/}
classes="target/quarkus-app/app/*:target/quarkus-app/lib/main/*:target/quarkus-app/lib/boot/*"
rm -rf target/bench
"${java}javac" -d target/bench -cp "$classes" src/bench/*.java
exec .ci/with-postgres "${java}java" -cp "target/bench:$classes" "$@"
