package dev.authtokens.database;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.arjPropertyManager;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;

/**
 * Gives the transaction manager the id of this process. By default it opens a port for that, as a number that no other process
 * of the machine has ({@link CoreEnvironmentBean#getProcessImplementation}). Containers may share an id: that does no harm,
 * since no transaction spans two resources or is recovered.
 */
@Singleton
class TransactionIds {

    /** Before the first transaction. */
    void run(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE - 2) StartupEvent start) {
        int process = (int) ProcessHandle.current().pid();
        arjPropertyManager.getCoreEnvironmentBean().setProcessImplementation(() -> process);
    }
}
