package dev.authtokens;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

/**
 * Numbers transactions by the id of this process. The transaction manager would listen on a port of its own, to use its
 * number as one that no other process of the machine has ({@link CoreEnvironmentBean#getProcessImplementation}). Containers
 * share such ids; nothing needs them to differ, since no transaction spans two resources or is recovered.
 */
@Singleton
class TransactionIds {

    /** Before the first transaction. */
    void run(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent start) {
        int process = (int) ProcessHandle.current().pid();
        arjPropertyManager.getCoreEnvironmentBean().setProcessImplementation(() -> process);
    }
}
