/*
 * What the rows of each entity look like: members in their recorded order
 * where one was recorded, in that of Intuit's reference otherwise.
 *
 * ' stands for ", and $ begins what body.c fills in:
 *	$H  domain, sparse, Id, SyncToken, MetaData
 *	$N  the name; $n the same without "(deleted)"; $a Active
 *	$A  an address, $B one in lines; $p $e $u  a telephone number, mail and
 *web address $g $f  a given and a family name; $z a sentence $L  lines of sale
 *with their sub-total; $X the TxnTaxDetail $T $S $b  total, sub-total and
 *balance of the row; $m any amount $q  a quantity or price, minimal; $i a small
 *whole number; $t a truth $d $D $E  DocNumber, TxnDate, a date 30 days later $C
 *$V $I $K  references to a customer, vendor, item, account $c  the currency; $o
 *"PrivateNote":"Voided", where it was
 *	$M  the code of a currency, $r its rate; $s SyncToken, $l
 *LastUpdatedTime $W  the company's name, a string; $w has it many currencies
 *	$F  more custom fields for a list of them, $G such a list, where asked
 *for
 *	$?7 ... $.  in seven rows of ten
 *	$k  FileName, Size and ContentType of an attachment, and its link
 *	$x  odd members, where they are asked for
 */
#include "body.h"

#define PHONES \
	"$?7,'PrimaryPhone':{'FreeFormNumber':'$p'}$." \
	"$?1,'Mobile':{'FreeFormNumber':'$p'}$." \
	"$?1,'Fax':{'FreeFormNumber':'$p'}$." \
	"$?7,'PrimaryEmailAddr':{'Address':'$e'}$."
#define WEB "$?2,'WebAddr':{'URI':'$u'}$."
#define CREW \
	"'CustomField':[{'DefinitionId':'1','Name':'Crew #'," \
	"'Type':'StringType'}$F],"
#define SALE_ENDS \
	"'TotalAmt':$T,'ApplyTaxAfterDiscount':false," \
	"'PrintStatus':'NeedToPrint','EmailStatus':'NotSet'"
#define MAIL ",'BillEmail':{'Address':'$e'}"
#define EXPENSE \
	"'Line':[{'Id':'1','Description':'$z','Amount':$T," \
	"'DetailType':'AccountBasedExpenseLineDetail'," \
	"'AccountBasedExpenseLineDetail':{'AccountRef':$K," \
	"'BillableStatus':'NotBillable','TaxCodeRef':{'value':'NON'}}}]"
#define COMPANY_ADDRESS \
	"{'Id':'1','Line1':'2500 Garcia Ave','City':'Mountain View'," \
	"'CountrySubDivisionCode':'CA','PostalCode':'94043'}"
#define PAIR(name, value) "{'Name':'" name "','Value':'" value "'}"
#define LIST_ROW(members) \
	"{'Name':'$N'," members "'FullyQualifiedName':'$N','Active':$a," \
	"$H$x}"

static const struct {
	const char *entity, *text;
} templates[] = {
	{ "Customer",
	  "{'Taxable':$t,$?7'BillAddr':$A,$.$?6'ShipAddr':$A,$.'Job':false,"
	  "'BillWithParent':false,'Balance':$b,'BalanceWithJobs':$b,"
	  "'CurrencyRef':$c,'PreferredDeliveryMethod':'Print',$H"
	  "$?7,'GivenName':'$g','FamilyName':'$f'$.,'FullyQualifiedName':'$N'"
	  "$?5,'CompanyName':'$n'$.,'DisplayName':'$N',"
	  "'PrintOnCheckName':'$n','Active':$a" PHONES WEB "$G$x}" },
	{ "Vendor",
	  "{$?6'BillAddr':$A,$.$?1'TaxIdentifier':'XXXXXX9875',$."
	  "$?1'TermRef':{'value':'$i'},$.'Balance':$b,$?5'AcctNum':'$d',$."
	  "'Vendor1099':$t,'CurrencyRef':$c,$H$?5,'GivenName':'$g',"
	  "'FamilyName':'$f'$.$?8,'CompanyName':'$n'$.,'DisplayName':'$N',"
	  "'PrintOnCheckName':'$n','Active':$a" PHONES WEB "$G$x}" },
	{ "Employee",
	  "{$?5'SSN':'XXX-XX-XXXX',$.'PrimaryAddr':$A,'BillableTime':$t,$H,"
	  "'GivenName':'$g','FamilyName':'$f','DisplayName':'$N',"
	  "'PrintOnCheckName':'$n','Active':$a,"
	  "'PrimaryPhone':{'FreeFormNumber':'$p'}$x}" },
	{ "Item",
	  "{'Name':'$N',$?8'Description':'$z',$.'Active':$a,"
	  "'FullyQualifiedName':'$N','Taxable':$t,'UnitPrice':$q,"
	  "'Type':'Service','IncomeAccountRef':$K,$?3'PurchaseDesc':'$z',$."
	  "'PurchaseCost':$q,$?3'ExpenseAccountRef':$K,$."
	  "'TrackQtyOnHand':false,$H$x}" },
	{ "Account",
	  "{'Name':'$N','SubAccount':false,'FullyQualifiedName':'$N',"
	  "'Active':$a,'Classification':'Revenue','AccountType':'Income',"
	  "'AccountSubType':'ServiceFeeIncome','CurrentBalance':$b,"
	  "'CurrentBalanceWithSubAccounts':$b,'CurrencyRef':$c,$H$x}" },
	{ "Invoice", "{'AllowIPNPayment':false,'AllowOnlinePayment':false,"
		     "'AllowOnlineCreditCardPayment':false,"
		     "'AllowOnlineACHPayment':false,$H," CREW
		     "'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,"
		     "$o'LinkedTxn':[],'Line':$L,'TxnTaxDetail':$X,"
		     "'CustomerRef':$C,$?4'CustomerMemo':{'value':'$z'},$."
		     "'BillAddr':$A,'ShipAddr':$A,'DueDate':'$E'," SALE_ENDS
		     "$?5" MAIL "$."
		     ",'Balance':$b$x}" },
	{ "SalesReceipt",
	  "{$H," CREW "'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,"
	  "$o'Line':$L,'TxnTaxDetail':$X,'CustomerRef':$C,"
	  "'CustomerMemo':{'value':'$z'},'BillAddr':$B,$?3'ShipAddr':$A,$"
	  "." SALE_ENDS "$?5" MAIL "$."
	  ",'Balance':0,"
	  "$?4'PaymentMethodRef':{'value':'2','name':'Check'},"
	  "'PaymentRefNum':'10264',$.'DepositToAccountRef':$K$x}" },
	{ "Estimate",
	  "{$H," CREW "'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,"
	  "$o'TxnStatus':'Pending','Line':$L,'TxnTaxDetail':$X,"
	  "'CustomerRef':$C,'CustomerMemo':{'value':'$z'},'BillAddr':$B,"
	  "$?7'ShipAddr':$A,$." SALE_ENDS MAIL "$x}" },
	{ "CreditMemo",
	  "{'RemainingCredit':$b,$H," CREW "'DocNumber':'$d','TxnDate':'$D',"
	  "'CurrencyRef':$c,$o'Line':$L,'TxnTaxDetail':$X,'CustomerRef':$C,"
	  "'BillAddr':$B," SALE_ENDS "$?5" MAIL "$."
	  ",'Balance':$b$x}" },
	{ "RefundReceipt",
	  "{$H," CREW "'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,"
	  "$o'Line':$L,'TxnTaxDetail':$X,'CustomerRef':$C,'BillAddr':$"
	  "A," SALE_ENDS "$?5" MAIL "$."
	  ",'Balance':0,'DepositToAccountRef':$K$x}" },
	{ "Payment",
	  "{'CustomerRef':$C,'DepositToAccountRef':$K,'TotalAmt':$T,"
	  "'UnappliedAmt':$b,'ProcessPayment':false,$H,'TxnDate':'$D',"
	  "'CurrencyRef':$c,$o'Line':[{'Amount':$T,'LinkedTxn':[{'TxnId':'$i',"
	  "'TxnType':'Invoice'}]}]$x}" },
	{ "BillPayment",
	  "{'VendorRef':$V,'PayType':'Check','CheckPayment':{"
	  "'BankAccountRef':$K,'PrintStatus':'NeedToPrint'},'TotalAmt':$T,"
	  "$H,'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,"
	  "$o'Line':[{'Amount':$T,'LinkedTxn':[{'TxnId':'$i',"
	  "'TxnType':'Bill'}]}]$x}" },
	{ "CreditCardPayment",
	  "{'TxnDate':'$D','Amount':$T,'BankAccountRef':$K,"
	  "'CreditCardAccountRef':$K,$o'CurrencyRef':$c,$H$x}" },
	{ "Deposit",
	  "{'DepositToAccountRef':$K,'TotalAmt':$T,$H,'TxnDate':'$D',"
	  "'CurrencyRef':$c,$o'Line':[{'Amount':$T,'LinkedTxn':[{'TxnId':'$i',"
	  "'TxnType':'Payment','TxnLineId':'0'}]}]$x}" },
	{ "Transfer", "{'FromAccountRef':$K,'ToAccountRef':$K,'Amount':$T,$H,"
		      "'TxnDate':'$D',$o'CurrencyRef':$c$x}" },
	{ "Bill",
	  "{'DueDate':'$E','Balance':$b,$H,'DocNumber':'$d','TxnDate':'$D',"
	  "'CurrencyRef':$c,$o" EXPENSE ",'VendorRef':$V,"
	  "'APAccountRef':$K,'TotalAmt':$T$G$x}" },
	{ "VendorCredit", "{'Balance':$b,$H,'DocNumber':'$d','TxnDate':'$D',"
			  "'CurrencyRef':$c,$o" EXPENSE ",'VendorRef':$V,"
			  "'APAccountRef':$K,'TotalAmt':$T$x}" },
	{ "Purchase",
	  "{'AccountRef':$K,'PaymentType':'Cash','EntityRef':$V,"
	  "'Credit':false,'TotalAmt':$T,'PurchaseEx':{'any':[]},$H,"
	  "'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,$o" EXPENSE
	  "$G$x}" },
	{ "PurchaseOrder",
	  "{$H," CREW "'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,"
	  "$o" EXPENSE ",'VendorRef':$V,'APAccountRef':$K,'VendorAddr':$A,"
	  "'TotalAmt':$T,'POStatus':'Open'$x}" },
	{ "JournalEntry",
	  "{'Adjustment':$t,$H,'DocNumber':'$d','TxnDate':'$D',"
	  "'CurrencyRef':$c,$o'Line':[{'Id':'0','Description':'$z',"
	  "'Amount':$T,'DetailType':'JournalEntryLineDetail',"
	  "'JournalEntryLineDetail':{'PostingType':'Debit','AccountRef':$K}},"
	  "{'Id':'1','Amount':$T,'DetailType':'JournalEntryLineDetail',"
	  "'JournalEntryLineDetail':{'PostingType':'Credit',"
	  "'AccountRef':$K}}],'TxnTaxDetail':{}$x}" },
	{ "TimeActivity",
	  "{'TxnDate':'$D','NameOf':'Vendor','VendorRef':$V,'CustomerRef':$C,"
	  "'ItemRef':$I,'BillableStatus':'NotBillable','Taxable':$t,"
	  "'HourlyRate':$q,'Hours':$i,'Minutes':0,'Description':'$z',$o$H"
	  "$x}" },
	{ "ReimburseCharge",
	  "{'CustomerRef':$C,'Amount':$T,'HasBeenInvoiced':$t,$H,"
	  "'TxnDate':'$D',$o'CurrencyRef':$c$x}" },
	{ "Attachable", "{$k,$H$x}" },
	{ "Budget",
	  "{'Name':'$N','StartDate':'$D','EndDate':'$E',"
	  "'BudgetType':'ProfitAndLoss','BudgetEntryType':'Monthly',"
	  "'Active':$a,'BudgetDetail':[{'BudgetDate':'$D','Amount':$m,"
	  "'AccountRef':$K},{'BudgetDate':'$E','Amount':$m,'AccountRef':$K}],"
	  "$H$x}" },
	{ "CompanyCurrency", "{'Code':'$M','Name':'$N','Active':$a,$H$x}" },
	{ "JournalCode", "{'Name':'$N','Type':'Others','Active':$a,$H$x}" },
	{ "TaxAgency", "{'DisplayName':'$N','TaxTrackedOnPurchases':false,"
		       "'TaxTrackedOnSales':true,$H$x}" },
	{ "TaxCode",
	  "{'Name':'$N','Description':'$z','Active':$a,'Hidden':false,"
	  "'Taxable':$t,'TaxGroup':true,'SalesTaxRateList':{"
	  "'TaxRateDetail':[{'TaxRateRef':{'value':'$i'},"
	  "'TaxTypeApplicable':'TaxOnAmount','TaxOrder':0}]},$H$x}" },
	{ "TaxRate",
	  "{'Name':'$N','Description':'$z','Active':$a,'RateValue':$q,"
	  "'AgencyRef':{'value':'1'},'SpecialTaxType':'NONE',"
	  "'DisplayType':'ReadOnly',$H$x}" },
	{ "TaxPayment",
	  "{'PaymentDate':'$D','PaymentAccountRef':$K,'PaymentAmount':$T,"
	  "'Refund':false,'Description':'$z',$H$x}" },
	{ "Term", "{'Name':'$N','Active':$a,'Type':'STANDARD','DueDays':$i,"
		  "'DiscountDays':0,$H$x}" },
	{ "PaymentMethod",
	  "{'Name':'$N','Active':$a,'Type':'NON_CREDIT_CARD',$H$x}" },
	{ "CustomerType", "{'Name':'$N','Active':$a,$H$x}" },
	{ "ChangeOrder",
	  "{$H," CREW "'DocNumber':'$d','TxnDate':'$D','CurrencyRef':$c,"
	  "$o'TxnStatus':'Pending','Line':$L,'TxnTaxDetail':$X,"
	  "'CustomerRef':$C,'TotalAmt':$T$x}" },
	{ "InventoryAdjustment",
	  "{'DocNumber':'$d','TxnDate':'$D','PrivateNote':'$z',$H,"
	  "'AdjustAccountRef':$K,'Line':[{'Id':'1','DetailType':"
	  "'ItemAdjustmentLineDetail','ItemAdjustmentLineDetail':{"
	  "'QtyDiff':-$i,'ItemRef':$I}}]$x}" },
	{ "ExchangeRate",
	  "{'SyncToken':'$s','domain':'QBO','AsOfDate':'$D',"
	  "'SourceCurrencyCode':'$M','Rate':$r,'TargetCurrencyCode':'USD',"
	  "'MetaData':{'LastUpdatedTime':'$l'}$x}" },
	{ "CompanyInfo",
	  "{'CompanyName':$W,'LegalName':$W,'CompanyAddr':" COMPANY_ADDRESS
	  ",'CustomerCommunicationAddr':" COMPANY_ADDRESS
	  ",'LegalAddr':" COMPANY_ADDRESS
	  ",'PrimaryPhone':{'FreeFormNumber':'$p'},"
	  "'CompanyStartDate':'2015-06-05','FiscalYearStartMonth':'January',"
	  "'Country':'US','Email':{'Address':'$e'},'WebAddr':{},"
	  "'SupportedLanguages':'en','DefaultTimeZone':'America/Los_Angeles',"
	  "'NameValue':[" PAIR("NeoEnabled", "true") "," PAIR(
		  "SubscriptionStatus",
		  "PAID") "," PAIR("OfferingSku",
				   "QuickBooks Online Plus") "," PAIR("PayrollF"
								      "eature",
								      "false") "," PAIR("AccountantFeature",
											"false") "],$H$x}" },
	{ "Preferences",
	  "{'AccountingInfoPrefs':{'FirstMonthOfFiscalYear':'January',"
	  "'UseAccountNumbers':$t,'TaxYearMonth':'January',"
	  "'ClassTrackingPerTxn':false,'ClassTrackingPerTxnLine':$t,"
	  "'TrackDepartments':$t,'CustomerTerminology':'Customers'},"
	  "'ProductAndServicesPrefs':{'ForSales':true,'ForPurchase':true,"
	  "'QuantityWithPriceAndRate':true,'QuantityOnHand':$t},"
	  "'SalesFormsPrefs':{'CustomField':[{'CustomField':[{"
	  "'Name':'SalesFormsPrefs.UseSalesCustom1','Type':'BooleanType',"
	  "'BooleanValue':true}]}],'AllowDeposit':$t,'AllowDiscount':$t,"
	  "'AllowEstimates':true,'CustomTxnNumbers':false},"
	  "'VendorAndPurchasesPrefs':{'BillableExpenseTracking':$t,"
	  "'TrackingByCustomer':$t,'POCustomField':[]},"
	  "'TimeTrackingPrefs':{'UseServices':$t,'BillCustomers':$t,"
	  "'WorkWeekStartDate':'Monday'},'TaxPrefs':{'UsingSalesTax':true},"
	  "'CurrencyPrefs':{'MultiCurrencyEnabled':$w,"
	  "'HomeCurrency':{'value':'USD'}},'ReportPrefs':{"
	  "'ReportBasis':'Accrual','CalcAgingReportFromTxnDate':$t},"
	  "'OtherPrefs':{'NameValue':[" PAIR(
		  "SalesFormsPrefs.DefaultCustomerMessage", "$z") "]},$H$x}" },
	{ "Class", LIST_ROW("'SubClass':false,") },
	{ "Department", LIST_ROW("'SubDepartment':false,") },
};

const char *
body_template(const char *entity)
{
	for (size_t i = 0; i < LENGTH(templates); i++)
		if (!strcmp(templates[i].entity, entity))
			return templates[i].text;
	return "{$H$x}";
}
