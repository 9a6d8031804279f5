package dev.authtokens.audit;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.annotations.Immutable;

/** Something that happened to an account or its sessions. Written once, by {@link AuditLog}; read through this entity. */
@Entity
@Immutable
@Table(name = "audit_events")
public class AuditEvent extends PanacheEntityBase {

    static final String SUCCESS = "SUCCESS";

    @Id
    Long id;

    Instant at;

    @Enumerated(EnumType.STRING)
    AuditKind kind;

    String outcome;

    String actor;

    String account;

    @Column(name = "token_id")
    UUID tokenId;

    String detail;

    @Column(name = "request_id")
    String requestId;

    String activity;

    @Column(name = "command_line")
    String commandLine;

    String address;

    @Column(name = "user_agent")
    String userAgent;

    /** Newest first. */
    static List<AuditEvent> latest(AuditFilter filter, int limit) {
        StringBuilder query = new StringBuilder("id < :before");
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("before", filter.before());
        filter.account().ifPresent(account -> {
            query.append(" and account = :account");
            parameters.put("account", account);
        });
        filter.kind().ifPresent(kind -> {
            query.append(" and kind = :kind");
            parameters.put("kind", kind);
        });
        filter.from().ifPresent(from -> {
            query.append(" and at >= :from");
            parameters.put("from", from);
        });
        filter.until().ifPresent(until -> {
            query.append(" and at < :until");
            parameters.put("until", until);
        });
        return find(query.append(" order by id desc").toString(), parameters)
                .page(0, limit)
                .list();
    }
}
