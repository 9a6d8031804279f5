package dev.authtokens.harness;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.formatters.PatternFormatter;

/** Everything that the service under test, in this process, logs at any level while it is open. */
public final class LogRecords extends ExtHandler {

    /** @param text the message with the stack trace behind it */
    public record Line(String logger, int level, String text, Map<String, String> context) {

        public boolean isError() {
            return level >= Level.ERROR.intValue();
        }
    }

    private final PatternFormatter formatter = new PatternFormatter("%s%e");
    private final List<Line> lines = new CopyOnWriteArrayList<>();

    public LogRecords() {
        setLevel(Level.ALL);
        LogContext.getLogContext().getLogger("").addHandler(this);
    }

    @Override
    protected void doPublish(ExtLogRecord record) {
        lines.add(new Line(
                record.getLoggerName(), record.getLevel().intValue(), formatter.format(record), record.getMdcCopy()));
    }

    public List<Line> of(Class<?> logger) {
        return of(logger.getName());
    }

    public List<Line> of(String category) {
        return lines.stream().filter(line -> category.equals(line.logger)).toList();
    }

    public List<Line> all() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        LogContext.getLogContext().getLogger("").removeHandler(this);
    }
}
